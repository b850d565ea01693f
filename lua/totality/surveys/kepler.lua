-- Kepler, long cadence (Borucki et al. 2010, Science 327, 977; Jenkins et al. 2010, ApJ 713, L120).

return {
   name = "Kepler",
   band = "Kepler",
   unit = "flux",
   time_system = "BJD_TDB",
   window = "continuous",
   start = 2454953.5, -- begin of quarter 0 (Jenkins et al. 2010)
   exposure = 29.4244 / 1440, cadence = 29.4244 / 1440, -- Jenkins et al. 2010
   -- 17 quarters of 90 d, monthly downlinks of a day (Van Cleve & Caldwell 2016, KSCI-19033-002): here one in the
   -- middle of a quarter and one between two
   segment_length = 89, segments = { 14, 16, 17, 17, 17, 17, 17 }, segment_gap = { 1, 3 }, pause = 1.5,
   lost_segments = 0.04, -- stars on the lost module 3 miss a quarter each year
   lost = 0.02, -- flagged exposures; assumed
   magnitude = { 10.5, 12.3, 13.2, 13.8, 14.3, 14.7, 15.1, 15.4, 15.8 }, -- of targets; assumed
   -- 30 ppm in 6.5 h at 12 mag (Gilliland et al. 2011, ApJS 197, 6), photon and read noise scaled to 29.4 min
   noise = { { 10, 5e-5 }, { 12, 1.1e-4 }, { 13, 1.9e-4 }, { 14, 3.5e-4 }, { 15, 7e-4 }, { 16, 1.6e-3 } },
   noise_factor = { 0.9, 1, 1.2, 1.5, 2.5 }, -- stellar variability in hours: Gilliland et al. 2011
   quoted_scatter = 0.02, -- assumed
   tail = 6, -- assumed
   outliers = { 0.0005, 0.002, 0.01 }, outlier_size = 0.01, outlier_faint = 0.5, -- cosmic rays, flares; assumed
   segment_offset = { 0.0002, 0.001 }, -- what dividing each quarter by its median leaves; assumed
   segment_trend = { 0.0003, 0.003 }, -- residuals of detrending; assumed
   segment_scale = { 0, 0.002, 0.01 }, -- the aperture and what falls into it changes by quarter; assumed
   -- 4 arcsec a pixel: three stars in ten blended, log-uniform 0.01 to 0.5, assumed
   third_light = { 0, 0, 0, 0, 0, 0, 0, 0.01, 0.037, 0.136, 0.5 },
   -- periods to 1e-6 d in the Kepler eclipsing binary catalogue (Kirk et al. 2016, AJ 151, 68): drift over the
   -- baseline
   period_error = { 0, 0.002, 0.005, 0.01, 0.03 },
   epoch_error = { 0, 0.01 },
   sources = { "Jenkins et al. 2010, ApJ 713, L120; Gilliland et al. 2011, ApJS 197, 6",
      "Kirk et al. 2016, AJ 151, 68" },
}
