--- LINEAR (Sesar et al. 2011, AJ 142, 190; light curves as in Palaversa et al. 2013, AJ 146, 101): text without a
-- header: MJD, magnitude, error. Times are UTC at the telescope. Nothing in such a file tells what it is: this format
-- has to be asked for.

return {
   name = "linear",
   columns = { time = 1, magnitude = 2, error = 3 },
   time_system = "MJD_UTC",
}
