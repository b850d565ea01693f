-- OGLE-IV, I band, Galactic bulge and Magellanic Clouds (Udalski, Szymanski & Szymanski 2015, Acta Astron. 65, 1).

return {
   name = "OGLE-IV",
   band = "I",
   time_system = "HJD",
   window = "nights",
   start = 2455260, -- March 2010
   exposure = 100 / 86400, -- bulge: 100 s, Clouds: 150 s (Udalski et al. 2015)
   -- the catalogue of 450,000 binaries (Soszynski et al. 2016, Acta Astron. 66, 405) has 100 to 12,000; shape assumed
   points = { 150, 400, 700, 1200, 2500, 8000 },
   baseline = { 1500, 2000, 2800 }, season = { 0.6, 0.75 }, revisit = { 1, 1, 2, 3 },
   night = 0.42, hour_angle = 0.17, moon = 2, -- assumed
   magnitude = { 13.5, 15.5, 16.5, 17.2, 17.9, 18.5, 19.3 }, -- assumed
   -- 0.005 mag at 15, 0.01 at 16.5, 0.03 at 18, 0.1 at 19.5 (about Udalski et al. 2015, figure 8)
   noise = { { 13, 0.004 }, { 15, 0.005 }, { 16.5, 0.010 }, { 18, 0.030 }, { 19.5, 0.10 } },
   noise_factor = { 0.8, 1, 1.3, 2 }, quoted_scatter = 0.15, tail = 5, -- crowding; assumed
   outliers = { 0, 0.003, 0.02 }, outlier_size = 0.1, outlier_faint = 0.5, -- assumed
   visit_offset = { 0.001, 0.005 }, season_offset = { 0, 0.003, 0.01 }, -- assumed
   -- crowded fields at 0.26 arcsec a pixel: three in ten blended, assumed
   third_light = { 0, 0, 0, 0, 0, 0, 0, 0.01, 0.037, 0.136, 0.5 },
   period_error = { 0, 0.005, 0.01, 0.03 }, epoch_error = { 0, 0.01 }, epoch_swapped = 0.05, -- assumed
   sources = { "Udalski et al. 2015, Acta Astron. 65, 1; Soszynski et al. 2016, Acta Astron. 66, 405" },
}
