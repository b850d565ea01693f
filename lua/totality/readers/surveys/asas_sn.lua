--- ASAS-SN Sky Patrol, version 1 (https://asas-sn.osu.edu; Kochanek et al. 2017, PASP 129, 104502): CSV with
-- HJD,UT Date,Camera,FWHM,Limit,mag,mag_err,flux(mJy),flux_err,Filter. A magnitude like ">17.1" is a limit. Two
-- filters (V, then g) on many cameras, each with a zero point of its own.

return {
   name = "asas_sn",
   header = { "hjd", "camera", "mag", "magerr" },
   columns = { time = "hjd", magnitude = "mag", error = "magerr", segment = "camera", band = "filter" },
   time_system = "HJD",
}
