--- Photometric pass bands, as effective wavelengths in nm.
--
-- Planck's law is evaluated at the effective wavelength. For W UMa stars, whose components differ by a
-- few hundred kelvin, this changes a normalised curve by less than 1e-3 against integrating the band.
-- Sources: B, V, R, I: Bessell 2005, ARA&A 43, 293, table 1 (effective wavelengths for an A0 star);
-- Kepler: Van Cleve & Caldwell 2016, KSCI-19033-002; TESS: Ricker et al. 2015, JATIS 1, 014003.

local passbands = {
   B = 436.1,
   V = 544.8,
   R = 640.7,
   I = 798.0,
   Kepler = 640.0,
   TESS = 786.5,
}

return passbands
