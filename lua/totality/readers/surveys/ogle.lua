--- Optical Gravitational Lensing Experiment (Udalski et al. 2015, Acta Astron. 65, 1; http://ogle.astrouw.edu.pl):
-- text without a header: HJD or HJD - 2450000, magnitude, error. Nothing in such a file tells what it is: this format
-- has to be asked for.

return {
   name = "ogle",
   columns = { time = 1, magnitude = 2, error = 3 },
   time_system = "HJD",
   time_zero = 2450000,
}
