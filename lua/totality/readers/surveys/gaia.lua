--- Gaia DR3 epoch photometry (Eyer et al. 2023, A&A 674, A13, table 1): VOTable or CSV with source_id, transit_id,
-- band, time, mag, flux, flux_error, flux_over_error, rejected_by_photometry, rejected_by_variability, ... Times are
-- barycentric Julian dates in TCB, less 2455197.5. Bands G, BP, RP.

return {
   name = "gaia",
   header = { "band", "time", "flux", "fluxerror", "rejectedbyphotometry" },
   columns = { time = "time", flux = "flux", error = "fluxerror", band = "band", flag = "rejectedbyphotometry" },
   good_flags = { "false", "F", "0" },
   time_system = "BJD_TCB",
   time_zero = 2455197.5,
}
