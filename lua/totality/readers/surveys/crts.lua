--- Catalina Real-time Transient Survey (Drake et al. 2009, ApJ 696, 870; http://nesssi.cacr.caltech.edu/DataRelease):
-- CSV with MasterID,Mag,Magerr,RA,Dec,MJD,Blend, or the same columns in another order. Times are UTC at the
-- telescope. Blend marks the star, not the point: it is not looked at.

return {
   name = "crts",
   header = { "mjd", "mag", "magerr", "ra", "dec" },
   columns = { time = "mjd", magnitude = "mag", error = "magerr", ra = "ra", dec = "dec" },
   time_system = "MJD_UTC",
}
