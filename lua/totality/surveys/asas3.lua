-- ASAS-3: All Sky Automated Survey, 2000 to 2009, V (Pojmanski 2002, Acta Astron. 52, 397). Quantiles marked
-- "measured" are deciles of 329 real ASAS-3 curves of contact binaries about an 8-harmonic fit.

return {
   name = "ASAS-3",
   band = "ASAS_V",
   time_system = "HJD",
   window = "nights",
   start = 2451868, -- measured: first day of most curves
   exposure = 180 / 86400, -- Pojmanski 2002
   -- measured; the lowest and the highest value cut to what a fit can use
   points = { 100, 261, 300, 362, 423, 483, 515, 544, 610, 726, 1200 },
   baseline = { 1900, 2400, 2707, 2707, 2707, 2707 },
   season = { 0.48, 0.6, 0.68, 0.74, 0.8, 0.9 }, -- measured: yearly gaps of 87 to 206 d
   yearly_scatter = 0.6, -- measured
   revisit = { 1.8, 2, 2, 2.1, 2.9, 3 }, -- measured: median gap 1.9 to 3 d
   night = 0.37, hour_angle = 0.10, -- measured: resultant length 0.72 to 0.79 of the times in the day
   repeat_visits = { 0, 0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.12, 0.17, 0.24, 0.5 }, -- measured: gaps below half a day
   datasets = { 1, 1, 1, 2, 3 }, -- archive files hold one block a field; shares assumed
   magnitude = { 7.5, 9.05, 9.95, 10.36, 10.74, 10.99, 11.30, 11.53, 11.83, 12.19, 13.2 }, -- measured medians - 0.15
   -- sigma measured, what seasons share taken off; the quoted error hardly depends on magnitude, as measured
   noise = { { 8.25, 0.0145, 0.036 }, { 9.25, 0.018, 0.036 }, { 10.25, 0.020, 0.036 }, { 10.75, 0.0245, 0.036 },
      { 11.25, 0.031, 0.036 }, { 11.75, 0.040, 0.036 }, { 12.25, 0.053, 0.036 }, { 12.75, 0.080, 0.036 },
      { 13.25, 0.115, 0.036 } },
   noise_factor = { 0.65, 0.80, 0.84, 0.88, 0.91, 0.95, 1.0, 1.03, 1.08, 1.16, 1.5 }, -- measured
   quoted_scatter = 0.27, -- measured
   tail = 8, -- measured: 0.6 % of the points more than 3 sigma too bright
   -- measured: 0.8 % of the points more than 5 sigma too faint, 0.26 % more than 10 sigma
   outliers = { 0, 0.013, 0.018, 0.022, 0.026, 0.030, 0.033, 0.036, 0.039, 0.043, 0.055 },
   outlier_size = 0.16, outlier_faint = 0.95,
   season_offset = { 0, 0.004, 0.006, 0.008, 0.009, 0.010, 0.011, 0.013, 0.015, 0.02, 0.035 }, -- measured
   visit_offset = { 0 }, -- one exposure a night: the same as noise
   segment_offset = { 0.003, 0.02 }, -- assumed, between fields
   -- 15 arcsec a pixel (Pojmanski 2002): three stars in ten blended, log-uniform 0.01 to 0.5, assumed
   third_light = { 0, 0, 0, 0, 0, 0, 0, 0.01, 0.037, 0.136, 0.5 },
   -- measured: ACVS periods against refined ones, drift of the phase over the baseline
   period_error = { 0, 0, 0.004, 0.009, 0.013, 0.019, 0.028, 0.040, 0.055, 0.09, 0.25 },
   epoch_error = { 0, 0.02 }, -- assumed
   epoch_swapped = 0.1, -- assumed
   sources = { "Pojmanski 2002, Acta Astron. 52, 397; checked against 329 real ASAS-3 curves" },
}
