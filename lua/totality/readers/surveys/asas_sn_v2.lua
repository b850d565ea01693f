--- ASAS-SN Sky Patrol, version 2 (http://asas-sn.ifa.hawaii.edu/skypatrol; Hart et al. 2023, arXiv:2304.03791): CSV
-- under some lines of comment with JD,Flux,Flux Error,Mag,Mag Error,Limit,FWHM,Filter,Quality,Camera; its program
-- pyasassn writes jd, flux, flux_err, mag, mag_err, limit, fwhm, image_id, camera, quality, phot_filter. Quality G is
-- good, B bad. A magnitude that is none has an error of 99.99.

return {
   name = "asas_sn_v2",
   header = { "jd", "mag", "limit", "fwhm", "quality" },
   columns = { time = "jd", magnitude = "mag", error = { "magerror", "magerr" }, segment = "camera",
      band = { "filter", "photfilter" }, flag = "quality" },
   good_flags = { "G" },
   time_system = "JD_UTC",
}
