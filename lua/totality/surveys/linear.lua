-- LINEAR, unfiltered, calibrated to r, 2003 to 2008 (Sesar et al. 2011, AJ 142, 190; Palaversa et al. 2013, AJ 146,
-- 101).

return {
   name = "LINEAR",
   band = "R", -- unfiltered: the band is assumed
   time_system = "MJD_UTC",
   window = "nights",
   start = 52600,
   exposure = 10 / 86400, -- 3 to 18 s; assumed 10
   exposures = 4, exposure_spacing = 15 / 1440, -- an asteroid search takes a field several times a night; assumed
   points = { 120, 180, 220, 260, 320, 460 }, -- about 250 a star (Sesar et al. 2011); shape assumed
   baseline = { 1500, 1900, 2000 }, season = { 0.4, 0.6 }, revisit = { 15, 25 }, -- assumed
   night = 0.42, hour_angle = 0.1, moon = 8, -- the telescopes rest about full moon; assumed
   magnitude = { 14, 14.7, 15.2, 15.7, 16.2, 16.6, 17.3 }, -- 14 to 17 (Palaversa et al. 2013), shape assumed
   noise = { { 14, 0.028 }, { 15, 0.035 }, { 16, 0.06 }, { 17, 0.11 }, { 18, 0.2 } }, -- Sesar et al. 2011
   noise_factor = { 0.7, 0.9, 1.1, 1.6 }, quoted_scatter = 0.15, tail = 5, -- assumed
   outliers = { 0, 0.005, 0.03 }, outlier_size = 0.2, outlier_faint = 0.6, -- assumed
   visit_offset = { 0.005, 0.02 }, season_offset = { 0, 0.01 }, -- assumed, as CRTS
   third_light = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.01, 0.5 }, -- 2.3 arcsec a pixel; assumed
   period_error = { 0, 0.01, 0.02, 0.05, 0.15 }, epoch_error = { 0, 0.02 }, epoch_swapped = 0.2, -- assumed
   sources = { "Sesar et al. 2011, AJ 142, 190; Palaversa et al. 2013, AJ 146, 101" },
}
