-- TESS full-frame images of the first two years (Ricker et al. 2015, JATIS 1, 014003).

return {
   name = "TESS",
   band = "TESS",
   unit = "flux",
   time_system = "BJD_TDB",
   window = "continuous",
   start = 2458325.3, -- begin of sector 1
   exposure = 30 / 1440, cadence = 30 / 1440, -- Ricker et al. 2015
   -- a sector is two orbits of 13.7 d with a pause of a day for the downlink (Ricker et al. 2015)
   segment_length = 26.4, pause = 1.0, segment_gap = { 1, 1, 1, 1, 330 },
   segments = { 1, 1, 1, 1, 2, 2, 3, 13 }, -- most stars are seen in one sector, those near the poles in 13
   lost = 0.05, -- stray light, pointing; assumed
   magnitude = { 8.5, 10.5, 11.5, 12.2, 12.8, 13.3, 13.8, 14.4, 15.2 }, -- assumed
   -- one hour: 2e-4 at 10 mag, 1.2e-3 at 13, 6e-3 at 15 (Ricker et al. 2015, figure 14), times sqrt(2)
   noise = { { 8, 1.3e-4 }, { 10, 3.0e-4 }, { 11.5, 7e-4 }, { 13, 1.8e-3 }, { 14, 4e-3 }, { 15, 8.5e-3 },
      { 16, 2.1e-2 } },
   noise_factor = { 0.8, 1, 1.3, 2.5 }, quoted_scatter = 0.05, tail = 5, -- assumed
   outliers = { 0, 0.005, 0.03 }, outlier_size = 0.02, outlier_faint = 0.6, -- assumed
   segment_offset = { 0.0005, 0.003 }, segment_trend = { 0.0005, 0.006 }, -- assumed: scattered light
   segment_scale = { 0, 0.01, 0.04 }, -- assumed: another aperture in each sector
   -- 21 arcsec a pixel (Ricker et al. 2015): half of the stars blended, log-uniform 0.01 to 0.6, assumed
   third_light = { 0, 0, 0, 0, 0, 0.01, 0.023, 0.052, 0.117, 0.265, 0.6 },
   -- a month fixes a period to 1e-4 or so (Prsa et al. 2022, ApJS 258, 16); drift assumed
   period_error = { 0, 0.003, 0.01, 0.03 },
   epoch_error = { 0, 0.01 }, -- assumed
   sources = { "Ricker et al. 2015, JATIS 1, 014003; Prsa et al. 2022, ApJS 258, 16" },
}
