-- Zwicky Transient Facility, r band (Bellm et al. 2019, PASP 131, 018002; Masci et al. 2019, PASP 131, 018003).

return {
   name = "ZTF",
   band = "R", -- ZTF r lies near; assumed
   time_system = "HJD",
   window = "nights",
   start = 2458200, -- March 2018
   exposure = 30 / 86400, -- Bellm et al. 2019
   points = { 80, 150, 250, 400, 600, 1200 }, -- DR2: 100 to 250 (Chen et al. 2020, ApJS 249, 18)
   baseline = { 470, 800, 1200, 1900 }, season = { 0.5, 0.75 }, revisit = { 1, 2, 3 }, -- Bellm et al. 2019
   night = 0.4, hour_angle = 0.12, moon = 2, -- assumed
   repeat_visits = { 0, 0.3 }, -- assumed
   datasets = { 1, 1, 2 }, -- overlapping fields; assumed
   magnitude = { 13.3, 15, 16, 16.8, 17.5, 18.2, 19.5 }, -- assumed
   -- 0.010 to 0.015 mag above 17, 0.03 at 18.5, 0.08 at 20 (about Masci et al. 2019, figure 8)
   noise = { { 13, 0.011 }, { 16, 0.013 }, { 17, 0.016 }, { 18.5, 0.035 }, { 20, 0.10 } },
   noise_factor = { 0.8, 0.95, 1.1, 1.6 }, quoted_scatter = 0.05, tail = 5, -- assumed
   outliers = { 0, 0.003, 0.02 }, outlier_size = 0.15, outlier_faint = 0.6, -- assumed
   season_offset = { 0, 0.003, 0.008 }, segment_offset = { 0.003, 0.015 }, visit_offset = { 0.001, 0.006 }, -- assumed
   third_light = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.01, 0.5 }, -- 1 arcsec a pixel; assumed
   period_error = { 0, 0.003, 0.01, 0.03, 0.1 }, epoch_error = { 0, 0.02 }, epoch_swapped = 0.1, -- assumed
   sources = { "Bellm et al. 2019, PASP 131, 018002; Masci et al. 2019, PASP 131, 018003" },
}
