-- ASAS-SN, V, 2012 to 2018 (Shappee et al. 2014, ApJ 788, 48; Kochanek et al. 2017, PASP 129, 104502).

return {
   name = "ASAS-SN",
   band = "V",
   time_system = "HJD",
   window = "nights",
   start = 2456300,
   exposure = 90 / 86400, -- Kochanek et al. 2017
   exposures = 3, exposure_spacing = 105 / 86400, -- three dithered ones of 90 s (Kochanek et al. 2017)
   points = { 120, 250, 360, 480, 600, 900 }, -- Jayasinghe et al. 2018, MNRAS 477, 3145: hundreds; shape assumed
   baseline = { 1100, 1700, 2000 }, season = { 0.5, 0.75 }, revisit = { 2, 3 }, -- Kochanek et al. 2017: 2 to 3 d
   night = 0.4, hour_angle = 0.12, moon = 3, -- assumed
   datasets = { 1, 1, 2, 3 }, -- cameras; shares assumed
   magnitude = { 10.5, 12.2, 13.0, 13.7, 14.3, 15.0, 16.2 }, -- V < 17 (Jayasinghe et al. 2018), shape assumed
   -- 0.02 mag at 12 to 13, 0.05 at 15, 0.1 at 16.5: saturation above 11; assumed from published curves
   noise = { { 10, 0.03 }, { 11.5, 0.015 }, { 13, 0.020 }, { 15, 0.05 }, { 16.5, 0.12 } },
   noise_factor = { 0.7, 0.9, 1.1, 1.6 }, quoted_scatter = 0.2, tail = 5, -- assumed
   outliers = { 0, 0.005, 0.02, 0.06 }, outlier_size = 0.2, outlier_faint = 0.7, -- assumed
   visit_offset = { 0.003, 0.015 }, season_offset = { 0, 0.01 }, segment_offset = { 0.005, 0.03 }, -- assumed
   -- 8 arcsec a pixel, 15 arcsec resolution (Kochanek et al. 2017): three in ten blended, assumed
   third_light = { 0, 0, 0, 0, 0, 0, 0, 0.01, 0.037, 0.136, 0.5 },
   period_error = { 0, 0.01, 0.02, 0.04, 0.15 }, epoch_error = { 0, 0.02 }, epoch_swapped = 0.1, -- assumed
   sources = { "Shappee et al. 2014, ApJ 788, 48; Kochanek et al. 2017, PASP 129, 104502" },
}
