-- Catalina Sky Survey, first data release, unfiltered, calibrated to V (Drake et al. 2009, ApJ 696, 870). Quantiles
-- marked "measured" are deciles of 152 real curves of contact binaries about an 8-harmonic fit.

return {
   name = "CRTS",
   band = "V", -- unfiltered: the band is assumed
   time_system = "MJD_UTC",
   window = "nights",
   start = 53464, -- first observations in April 2005
   exposure = 30 / 86400, -- Drake et al. 2009
   exposures = 4, exposure_spacing = 10 / 1440, -- Drake et al. 2009: four in half an hour
   points = { 120, 159, 192, 212, 234, 285, 313, 342, 363, 388, 532 }, -- measured
   baseline = { 2517, 2843, 2927, 2949, 2964, 2985, 3056, 3070, 3098, 3120, 3130 }, -- measured
   season = { 0.35, 0.55 }, -- measured: longest gaps of 190 to 370 d
   revisit = { 18, 28 }, -- measured: nine gaps in ten below 17 to 42 d
   night = 0.35, hour_angle = 0.08, -- measured: resultant length 0.67 to 0.85 of the times in the day
   moon = 6, -- assumed
   magnitude = { 12.5, 13.31, 13.58, 13.71, 13.97, 14.24, 14.52, 14.75, 15.0, 15.2, 16.5 }, -- measured medians - 0.15
   -- sigma within a visit, measured; quoted errors are about twice the scatter, as measured
   noise = { { 13, 0.0077, 0.0525 }, { 13.75, 0.0081, 0.0534 }, { 14.25, 0.010, 0.0551 }, { 14.75, 0.0112, 0.0573 },
      { 15.25, 0.0145, 0.0607 }, { 17, 0.07, 0.10 } }, -- 17 mag: Drake et al. 2009
   noise_factor = { 0.45, 0.65, 0.72, 0.80, 0.88, 0.96, 1.05, 1.18, 1.28, 1.45, 2.5 }, -- measured
   quoted_scatter = 0.017, -- measured
   tail = 3, -- measured: 1.1 % of the points more than 3 sigma too bright
   outliers = { 0, 0, 0.002, 0.004, 0.006, 0.008, 0.012, 0.016, 0.022, 0.03, 0.1 }, -- measured: beyond 5 sigma
   outlier_size = 0.15, outlier_faint = 0.65,
   visit_offset = { 0.005, 0.009, 0.011, 0.013, 0.015, 0.017, 0.018, 0.020, 0.023, 0.028, 0.05 }, -- measured
   season_offset = { 0, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.011, 0.014, 0.02 }, -- measured
   -- 2.5 arcsec a pixel: one star in ten blended, log-uniform 0.01 to 0.5, assumed
   third_light = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.01, 0.5 },
   -- Drake et al. 2014, ApJS 213, 9 state periods; a smear as that of ASAS-3 is assumed
   period_error = { 0, 0.01, 0.02, 0.03, 0.06, 0.15 },
   epoch_error = { 0, 0.02 }, -- assumed
   epoch_swapped = 0.2, -- assumed
   sources = { "Drake et al. 2009, ApJ 696, 870; checked against 152 real curves" },
}
