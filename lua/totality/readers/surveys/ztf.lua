--- Zwicky Transient Facility, light curves of IRSA (Masci et al. 2019, PASP 131, 018003;
-- https://irsa.ipac.caltech.edu/docs/program_interface/ztf_lightcurve_api.html): CSV or VOTable with oid, expid, hjd,
-- mjd, mag, magerr, catflags, filtercode, ra, dec, ... Only catflags 0 is a clean measurement. A star has an oid in
-- each field, detector and filter, each with a zero point of its own.

return {
   name = "ztf",
   header = { "oid", "hjd", "mag", "magerr", "catflags", "filtercode" },
   columns = { time = "hjd", magnitude = "mag", error = "magerr", segment = "oid", band = "filtercode",
      flag = "catflags", ra = "ra", dec = "dec" },
   good_flags = { "0" },
   bands = { g = "zg", r = "zr", i = "zi" },
   time_system = "HJD",
}
