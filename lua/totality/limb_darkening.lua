--- Default coefficients of limb darkening, by temperature and band.
--
-- From the table limcof_bp_p00.dat of W. Van Hamme (as in Van Hamme 1993, AJ 106, 2096, for more models and bands):
-- solar abundance, log g = 4.5, bands Bessell B, V, R, I and KEPLER. A row is temperature in K, x of the linear law,
-- x and y of the logarithmic one, x and y of the square-root one.

local M = {}

local TABLE = {
   B = {
      { 3500, 0.644, 0.864, 0.330, 0.149, 0.824 },
      { 4000, 0.815, 0.828, 0.020, 0.785, 0.050 },
      { 4500, 0.944, 0.844, -0.150, 1.169, -0.376 },
      { 5000, 0.863, 0.852, -0.017, 0.889, -0.042 },
      { 5500, 0.781, 0.846, 0.097, 0.635, 0.243 },
      { 6000, 0.706, 0.828, 0.184, 0.430, 0.460 },
      { 6500, 0.644, 0.805, 0.241, 0.282, 0.603 },
      { 7000, 0.597, 0.786, 0.282, 0.174, 0.705 },
      { 7500, 0.559, 0.773, 0.321, 0.077, 0.802 },
      { 8000, 0.534, 0.767, 0.348, 0.012, 0.871 },
      { 9000, 0.536, 0.748, 0.317, 0.060, 0.794 },
      { 10000, 0.479, 0.702, 0.334, -0.022, 0.835 },
      { 12000, 0.408, 0.631, 0.333, -0.092, 0.834 },
      { 15000, 0.348, 0.547, 0.298, -0.099, 0.745 },
      { 20000, 0.306, 0.482, 0.265, -0.092, 0.663 },
   },
   V = {
      { 3500, 0.622, 0.836, 0.320, 0.142, 0.801 },
      { 4000, 0.705, 0.796, 0.138, 0.498, 0.344 },
      { 4500, 0.796, 0.802, 0.008, 0.784, 0.020 },
      { 5000, 0.724, 0.799, 0.112, 0.557, 0.279 },
      { 5500, 0.642, 0.777, 0.203, 0.338, 0.507 },
      { 6000, 0.573, 0.744, 0.257, 0.187, 0.643 },
      { 6500, 0.524, 0.710, 0.278, 0.107, 0.695 },
      { 7000, 0.494, 0.687, 0.289, 0.060, 0.723 },
      { 7500, 0.470, 0.674, 0.306, 0.011, 0.765 },
      { 8000, 0.457, 0.668, 0.316, -0.017, 0.790 },
      { 9000, 0.458, 0.645, 0.280, 0.038, 0.701 },
      { 10000, 0.410, 0.603, 0.289, -0.023, 0.723 },
      { 12000, 0.354, 0.541, 0.280, -0.067, 0.701 },
      { 15000, 0.300, 0.465, 0.247, -0.071, 0.618 },
      { 20000, 0.264, 0.410, 0.220, -0.066, 0.550 },
   },
   R = {
      { 3500, 0.588, 0.779, 0.286, 0.158, 0.716 },
      { 4000, 0.638, 0.765, 0.191, 0.352, 0.477 },
      { 4500, 0.690, 0.755, 0.098, 0.543, 0.244 },
      { 5000, 0.624, 0.736, 0.167, 0.373, 0.418 },
      { 5500, 0.554, 0.708, 0.230, 0.209, 0.576 },
      { 6000, 0.493, 0.672, 0.269, 0.089, 0.673 },
      { 6500, 0.447, 0.637, 0.284, 0.022, 0.709 },
      { 7000, 0.417, 0.611, 0.292, -0.020, 0.729 },
      { 7500, 0.393, 0.594, 0.301, -0.058, 0.753 },
      { 8000, 0.380, 0.581, 0.301, -0.071, 0.753 },
      { 9000, 0.380, 0.546, 0.249, 0.007, 0.622 },
      { 10000, 0.346, 0.511, 0.247, -0.025, 0.618 },
      { 12000, 0.304, 0.461, 0.237, -0.052, 0.592 },
      { 15000, 0.256, 0.396, 0.210, -0.059, 0.525 },
      { 20000, 0.225, 0.351, 0.189, -0.059, 0.473 },
   },
   I = {
      { 3500, 0.469, 0.688, 0.329, -0.025, 0.823 },
      { 4000, 0.516, 0.675, 0.237, 0.160, 0.593 },
      { 4500, 0.565, 0.664, 0.148, 0.344, 0.369 },
      { 5000, 0.518, 0.642, 0.186, 0.238, 0.466 },
      { 5500, 0.462, 0.616, 0.231, 0.116, 0.577 },
      { 6000, 0.409, 0.583, 0.261, 0.018, 0.651 },
      { 6500, 0.367, 0.548, 0.272, -0.040, 0.679 },
      { 7000, 0.336, 0.521, 0.277, -0.080, 0.694 },
      { 7500, 0.311, 0.498, 0.280, -0.109, 0.700 },
      { 8000, 0.298, 0.479, 0.271, -0.109, 0.678 },
      { 9000, 0.291, 0.426, 0.204, -0.015, 0.509 },
      { 10000, 0.268, 0.397, 0.194, -0.023, 0.485 },
      { 12000, 0.238, 0.361, 0.184, -0.038, 0.460 },
      { 15000, 0.201, 0.311, 0.165, -0.046, 0.412 },
      { 20000, 0.177, 0.279, 0.153, -0.053, 0.383 },
   },
   Kepler = {
      { 3500, 0.564, 0.765, 0.301, 0.112, 0.753 },
      { 4000, 0.639, 0.755, 0.174, 0.377, 0.436 },
      { 4500, 0.718, 0.759, 0.061, 0.625, 0.154 },
      { 5000, 0.661, 0.752, 0.137, 0.454, 0.343 },
      { 5500, 0.593, 0.733, 0.209, 0.279, 0.524 },
      { 6000, 0.533, 0.704, 0.256, 0.149, 0.641 },
      { 6500, 0.489, 0.674, 0.276, 0.075, 0.691 },
      { 7000, 0.461, 0.653, 0.289, 0.028, 0.721 },
      { 7500, 0.438, 0.641, 0.304, -0.018, 0.761 },
      { 8000, 0.427, 0.635, 0.312, -0.042, 0.781 },
      { 9000, 0.433, 0.614, 0.272, 0.025, 0.679 },
      { 10000, 0.392, 0.577, 0.278, -0.025, 0.695 },
      { 12000, 0.341, 0.521, 0.270, -0.065, 0.676 },
      { 15000, 0.290, 0.450, 0.241, -0.071, 0.602 },
      { 20000, 0.255, 0.399, 0.216, -0.069, 0.540 },
   },
}

-- Between them a single wavelength is interpolated; nm.
local AT_WAVELENGTHS = { { 436.1, "B" }, { 544.8, "V" }, { 640.7, "R" }, { 798.0, "I" } }

--- The laws, as options take them.
M.laws = { "linear", "logarithmic", "square_root", "quadratic" }

-- Where x lies in the first column of `rows`: two neighbours and the share of the second one. Beyond the ends the
-- last row counts.
local function neighbours(rows, x)
   if x <= rows[1][1] then return rows[1], rows[1], 0 end
   for k = 2, #rows do
      local a, b = rows[k - 1], rows[k]
      if x <= b[1] then return a, b, (x - a[1]) / (b[1] - a[1]) end
   end
   return rows[#rows], rows[#rows], 0
end

local function between(a, b, share) return (1 - share) * a + share * b end

local function in_band(law, temperature, band)
   local a, b, share = neighbours(TABLE[band], temperature)
   local function column(k) return between(a[k], b[k], share) end
   if law == "linear" then return column(2), 0 end
   if law == "square_root" then return column(5), column(6) end
   local x, y = column(3), column(4)
   if law == "logarithmic" then return x, y end
   -- The quadratic law is not in the table: a (1 - mu) + b (1 - mu)^2 comes nearest to x (1 - mu) + y mu ln mu,
   -- by least squares over mu, where a = x - 5 y/4 and b = 10 y/9.
   return x - 1.25 * y, y / 0.9
end

--- The coefficients x and y of a law for a star of a temperature, in a band of the table, or at a wavelength in nm
--- (interpolated between the effective wavelengths of B, V, R and I). Interpolated in temperature; below 3500 K,
--- above 20000 K and beyond B and I the nearest value stands.
---@param law string one of `laws`
---@param temperature number K
---@param where string|number
---@return number x
---@return number y
function M.coefficients(law, temperature, where)
   if TABLE[where] then return in_band(law, temperature, where) end
   local a, b, share = neighbours(AT_WAVELENGTHS, where)
   local ax, ay = in_band(law, temperature, a[2])
   local bx, by = in_band(law, temperature, b[2])
   return between(ax, bx, share), between(ay, by, share)
end

return M
