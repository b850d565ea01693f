--- Photometric pass bands: how much of the light passes at each wavelength.
--
-- A band is a table with `transmission`, a list of `{ wavelength in nm, part that passes }` joined by straight
-- lines, of which only the ratios count; `counts`, "energy" or "photons": what the transmission is to be applied
-- to; `wavelength`, the effective one in nm; and `limb_darkening`, the band whose default limb darkening is
-- used (without it, that of the effective wavelength). `totality.passbands.NAME = { ... }` adds one of one's own.
--
-- B, V, R, I (Johnson-Cousins): Bessell 1990, PASP 102, 1181, table 2, whose responses are meant for energies
-- (they hold the factor wavelength of a photon counter; Bessell, Castelli & Plez 1998, A&A 333, 231, appendix E).
-- Effective wavelengths of an A0 star: Bessell 2005, ARA&A 43, 293, table 1.
--
-- Kepler: mean of all detectors by the mission, kepler_response_hires1.txt (Van Cleve & Caldwell 2016,
-- KSCI-19033-002), thinned out. TESS: tess-response-function-v2.0.csv of the mission (Ricker et al. 2015, JATIS
-- 1, 014003, describe it), thinned out. Both are electrons for a photon, and fluxes are counts of electrons.
--
-- ASAS_V: ASAS used Johnson V filters (Pojmanski 2002, AcA 52, 397). No table of what they make together with its
-- detectors is at hand, so that this is V.

local passbands = {
   B = {
      wavelength = 436.1, counts = "energy", limb_darkening = "B",
      transmission = { { 360, 0 }, { 370, 0.03 }, { 380, 0.134 }, { 390, 0.567 }, { 400, 0.92 }, { 410, 0.978 },
         { 420, 1 }, { 430, 0.978 }, { 440, 0.935 }, { 450, 0.853 }, { 460, 0.74 }, { 470, 0.64 }, { 480, 0.536 },
         { 490, 0.424 }, { 500, 0.325 }, { 510, 0.235 }, { 520, 0.15 }, { 530, 0.095 }, { 540, 0.043 },
         { 550, 0.009 }, { 560, 0 } },
   },
   V = {
      wavelength = 544.8, counts = "energy", limb_darkening = "V",
      transmission = { { 470, 0 }, { 480, 0.03 }, { 490, 0.163 }, { 500, 0.458 }, { 510, 0.78 }, { 520, 0.967 },
         { 530, 1 }, { 540, 0.973 }, { 550, 0.898 }, { 560, 0.792 }, { 570, 0.684 }, { 580, 0.574 }, { 590, 0.461 },
         { 600, 0.359 }, { 610, 0.27 }, { 620, 0.197 }, { 630, 0.135 }, { 640, 0.081 }, { 650, 0.045 },
         { 660, 0.025 }, { 670, 0.017 }, { 680, 0.013 }, { 690, 0.009 }, { 700, 0 } },
   },
   R = {
      wavelength = 640.7, counts = "energy", limb_darkening = "R",
      transmission = { { 550, 0 }, { 560, 0.23 }, { 570, 0.74 }, { 580, 0.91 }, { 590, 0.98 }, { 600, 1 },
         { 610, 0.98 }, { 620, 0.96 }, { 630, 0.93 }, { 640, 0.9 }, { 650, 0.86 }, { 660, 0.81 }, { 670, 0.78 },
         { 680, 0.72 }, { 690, 0.67 }, { 700, 0.61 }, { 710, 0.56 }, { 720, 0.51 }, { 730, 0.46 }, { 740, 0.4 },
         { 750, 0.35 }, { 800, 0.14 }, { 850, 0.03 }, { 900, 0 } },
   },
   I = {
      wavelength = 798.0, counts = "energy", limb_darkening = "I",
      transmission = { { 700, 0 }, { 710, 0.024 }, { 720, 0.232 }, { 730, 0.555 }, { 740, 0.785 }, { 750, 0.91 },
         { 760, 0.965 }, { 770, 0.985 }, { 780, 0.99 }, { 790, 0.995 }, { 800, 1 }, { 810, 1 }, { 820, 0.99 },
         { 830, 0.98 }, { 840, 0.95 }, { 850, 0.91 }, { 860, 0.86 }, { 870, 0.75 }, { 880, 0.56 }, { 890, 0.33 },
         { 900, 0.15 }, { 910, 0.03 }, { 920, 0 } },
   },
   Kepler = {
      wavelength = 640.0, counts = "photons", limb_darkening = "Kepler",
      transmission = { { 415, 0.0034 }, { 420, 0.0128 }, { 425, 0.0563 }, { 430, 0.1815 }, { 435, 0.3282 },
         { 440, 0.4278 }, { 450, 0.4648 }, { 460, 0.5023 }, { 470, 0.5335 }, { 480, 0.5584 }, { 500, 0.6239 },
         { 520, 0.6556 }, { 540, 0.6760 }, { 560, 0.7035 }, { 580, 0.7069 }, { 600, 0.7135 }, { 620, 0.6855 },
         { 640, 0.6679 }, { 660, 0.6568 }, { 680, 0.6420 }, { 700, 0.6159 }, { 720, 0.5814 }, { 740, 0.5562 },
         { 760, 0.5228 }, { 780, 0.4841 }, { 800, 0.4681 }, { 820, 0.4156 }, { 840, 0.3520 }, { 860, 0.3155 },
         { 870, 0.2948 }, { 880, 0.2434 }, { 885, 0.1838 }, { 890, 0.1125 }, { 895, 0.0534 }, { 900, 0.0203 },
         { 910, 0.0027 } },
   },
   TESS = {
      wavelength = 786.5, counts = "photons", limb_darkening = "I",
      transmission = { { 570, 0.005 }, { 576, 0.074 }, { 580, 0.491 }, { 584, 0.495 }, { 590, 0.631 },
         { 600, 0.678 }, { 620, 0.693 }, { 640, 0.710 }, { 660, 0.728 }, { 680, 0.744 }, { 700, 0.768 },
         { 720, 0.783 }, { 740, 0.770 }, { 760, 0.774 }, { 780, 0.755 }, { 800, 0.777 }, { 820, 0.769 },
         { 840, 0.763 }, { 860, 0.759 }, { 880, 0.764 }, { 900, 0.748 }, { 920, 0.694 }, { 940, 0.656 },
         { 950, 0.616 }, { 960, 0.557 }, { 970, 0.484 }, { 980, 0.411 }, { 990, 0.351 }, { 1000, 0.299 },
         { 1020, 0.184 }, { 1040, 0.104 }, { 1060, 0.038 }, { 1062, 0 } },
   },
}

passbands.ASAS_V = passbands.V

return passbands
