local totality = require "totality"

local golden = dofile "tests/golden/golden.lua"

describe("the binary model", function()
   local systems = golden.binaries()

   for _, row in ipairs(systems) do
      it(("follows the reference curve of %s (%s)"):format(row.id, row.configuration), function()
         local system = golden.system(row)
         local worst, rms = golden.difference(system:light_curve { phases = 101 }.flux, row.flux)
         assert.is_true(worst < golden.limit(row), ("off by %.1e"):format(worst))
         assert.is_true(rms < (row.spot_star == "" and 0.5 * golden.limit(row) or 3e-4), ("rms %.1e"):format(rms))

         local geometry = system:geometry()
         assert.near(row.potential_1, geometry.omega_1, 1e-8)
         assert.near(row.potential_2, geometry.omega_2, 1e-8)
         if row.x_neck ~= "" then assert.near(row.x_neck, geometry.x_neck, 1e-6) end
         -- PHOEBE gives up to 1.3e-4 where nothing is left.
         local conjunctions = system:totality().conjunctions
         assert.near(row.light_left_primary, conjunctions[1].light_left, 1e-3)
         assert.near(row.light_left_secondary, conjunctions[2].light_left, 1e-3)
      end)
   end

   it("finds potentials from radii", function()
      for _, row in ipairs(systems) do
         if row.configuration == "detached" and row.reflection == "none" then
            local system = totality.detached { mass_ratio = row.mass_ratio, inclination = row.inclination,
               radius_1 = row.radius_1, radius_2 = row.radius_2 }
            local geometry = system:geometry()
            -- the radii have six decimals
            assert.near(row.potential_1, geometry.omega_1, 2e-4)
            assert.near(row.potential_2, geometry.omega_2, 2e-4)
         end
      end
   end)

   it("names the largest radius that fits", function()
      assert.error_matches(function()
         totality.detached { mass_ratio = 0.5, inclination = 80, radius_1 = 0.6, radius_2 = 0.1 }
      end, "totality.detached: radius_1 must be positive and at most 0.44%d+, its Roche lobe, got 0.6")
      assert.error_matches(function()
         totality.semi_detached { mass_ratio = 0.5, inclination = 80 }
      end, "totality.semi_detached: give one of 'radius' and 'potential'")
      assert.error_matches(function()
         totality.semi_detached { mass_ratio = 0.5, inclination = 80, potential = 2 }
      end, "potential_1 must be at least 2.87%d+, that of the Roche lobe, got 2")
   end)

   it("turns a detached system around", function()
      local a = totality.detached { mass_ratio = 0.5, inclination = 85, radius_1 = 0.25, radius_2 = 0.2, t1 = 6500, t2 = 5000 }
      local b = totality.detached { mass_ratio = 2, inclination = 85, radius_1 = 0.2, radius_2 = 0.25, t1 = 5000, t2 = 6500 }
      for _, phase in ipairs { 0, 0.02, 0.3, 0.5 } do
         local a1, a2 = a:light_contributions(phase)
         local b1, b2 = b:light_contributions(phase + 0.5)
         assert.near(a1, b2, 1e-8)
         assert.near(a2, b1, 1e-8)
      end
   end)

   -- Minimum inclination for totality at fillout 0.25 by an independent Roche code.
   it("finds the inclination where eclipses become total", function()
      for _, case in ipairs { { 0.05, 64.9 }, { 0.07, 67.2 }, { 0.1, 69.9 }, { 0.15, 73.1 }, { 0.2, 75.5 }, { 0.25, 77.4 },
         { 0.3, 79.0 }, { 0.35, 80.4 }, { 0.4, 81.6 }, { 0.5, 83.6 }, { 0.6, 85.3 }, { 0.7, 86.7 }, { 0.8, 87.9 }, { 0.9, 89.0 } } do
         local function clearance(inclination)
            local system = totality.contact { mass_ratio = case[1], fillout = 0.25, inclination = inclination }
            return system:totality().conjunctions[2].clearance
         end
         assert.is_true(clearance(case[2] - 0.1) < 0, ("q %g, 0.1 degrees below"):format(case[1]))
         assert.is_true(clearance(case[2] + 0.1) > 0, ("q %g, 0.1 degrees above"):format(case[1]))
      end
   end)

   -- A fit to the same code, good to 2 %: half the duration is 1.12/(2 pi) asin(sqrt(cos^2 i_tot - cos^2 i)/sin i),
   -- cos i_tot = 0.1641 L - 0.00254 L^2 - 0.00166 L^3, L = ln 1/q.
   it("tells how long totality lasts", function()
      local compared = 0
      for _, q in ipairs { 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8 } do
         local l = math.log(1 / q)
         local cos_total = 0.1641 * l - 0.00254 * l ^ 2 - 0.00166 * l ^ 3
         for inclination = 70, 90, 2 do
            local i = math.rad(inclination)
            if cos_total > math.cos(i) + 0.005 then
               local expected = 1.12 / (2 * math.pi) * math.asin(math.sqrt(cos_total ^ 2 - math.cos(i) ^ 2) / math.sin(i))
               local system = totality.contact { mass_ratio = q, fillout = 0.25, inclination = inclination }
               assert.near(expected, system:totality().conjunctions[2].duration / 2, 0.03 * expected + 0.0002)
               compared = compared + 1
            end
         end
      end
      assert.equal(57, compared)
   end)

   it("tells when totality begins and ends, and how much the curve varies", function()
      local found = totality.contact { mass_ratio = 0.3, fillout = 0.25, inclination = 85 }:totality()
      local partial, total = found.conjunctions[1], found.conjunctions[2]
      assert.near(0.5 - found.duration / 2, total.begins, 1e-12)
      assert.near(0.5 + found.duration / 2, total.ends, 1e-12)
      assert.is_nil(partial.begins)
      assert.is_nil(partial.ends)
      -- the maximum lies near phase 0.25, from where depths are counted
      assert.near(math.max(partial.depth, total.depth), found.amplitude, 0.005)
   end)

   it("gives a partial eclipse the light that is left", function()
      local found = totality.contact { mass_ratio = 0.5, fillout = 0.2, inclination = 70 }:totality()
      assert.is_false(found.total)
      assert.is_false(found.grazing)
      assert.equal(0, found.duration)
      assert.is_true(found.light_left > 0.01)
   end)

   it("swaps the stars for a mass ratio above 1", function()
      local spot = { star = 1, longitude = 80, colatitude = 70, radius = 20, temperature_factor = 0.8 }
      local swapped_spot = { star = 2, longitude = 80, colatitude = 70, radius = 20, temperature_factor = 0.8 }
      local a = totality.contact { mass_ratio = 0.4, fillout = 0.3, inclination = 75, t1 = 6000, t2 = 5500, spots = { spot } }
      local b = totality.contact { mass_ratio = 2.5, fillout = 0.3, inclination = 75, t1 = 5500, t2 = 6000,
         spots = { swapped_spot } }
      for _, phase in ipairs { 0, 0.1, 0.3, 0.5, 0.8 } do
         local a1, a2 = a:light_contributions(phase)
         local b1, b2 = b:light_contributions(phase + 0.5)
         assert.near((a1 + a2) / (b1 + b2), a1 / b2, 1e-9)
         assert.near(a1 / a2, b2 / b1, 1e-9)
      end
      local found = b:totality()
      assert.near(a:totality().conjunctions[2].light_left, found.conjunctions[1].light_left, 1e-9)
   end)

   it("is symmetric without spots, and not with one", function()
      local base = { mass_ratio = 0.4, fillout = 0.3, inclination = 75 }
      local phases = { -0.37, -0.2, -0.05, 0.05, 0.2, 0.37 }
      local flux = totality.contact(base):light_curve { phases = phases }.flux
      for k = 1, 3 do assert.near(flux[k], flux[7 - k], 1e-12) end
      base.spots = { { star = 1, longitude = 90, radius = 25, temperature_factor = 0.8 } }
      flux = totality.contact(base):light_curve { phases = phases }.flux
      assert.is_true(flux[2] < flux[5] - 0.01, "the spot at longitude 90 of star 1 faces us at phase -0.25")
   end)

   it("gets darker with a cool spot and brighter with a hot one", function()
      local function at_quadrature(factor)
         local one, two = totality.contact { mass_ratio = 0.4, fillout = 0.3, inclination = 75,
            spots = { { star = 1, longitude = 90, radius = 25, temperature_factor = factor } } }:light_contributions(0.75)
         return one + two
      end
      assert.is_true(at_quadrature(0.9) < at_quadrature(1) - 0.01)
      assert.is_true(at_quadrature(1.1) > at_quadrature(1) + 0.01)
   end)

   it("says what it is", function()
      assert.equal("totality.BinarySystem(contact, mass_ratio 0.4, fillout 0.3, inclination 82, t1 6000 K, t2 5800 K, no spots)",
         tostring(totality.contact { mass_ratio = 0.4, fillout = 0.3, inclination = 82, t1 = 6000 }))
   end)

   it("has views that say what they are", function()
      local detached = totality.detached { mass_ratio = 0.5, radius_1 = 0.2, radius_2 = 0.1, inclination = 90 }
      local found = detached:totality()
      assert.matches("^totality.Totality%(total true, eclipse secondary, eclipsed_star 2, light_left 0, duration 0.0%d+, "
         .. "amplitude 0.%d+%)$", tostring(found))
      assert.matches("^totality.Conjunction%(phase 0.5, eclipsed_star 2, light_left 0, clearance 0.%d+, duration 0.0%d+, "
         .. "depth 0.%d+%)$", tostring(found.conjunctions[2]))
      assert.equal("totality.RadialVelocities(k1 100, k2 200)", tostring(detached:radial_velocities { k1 = 100 }))
      assert.matches("^totality.Geometry%(volume_radius_1 0.2, volume_radius_2 0.1, omega_1 [%d.]+, omega_2 [%d.]+, "
         .. "x_l1 [%d.]+%)$", tostring(detached:geometry()))
      assert.matches("^totality.Mesh%(vertices %d+, faces %d+%)$", tostring(detached:mesh { resolution = 8 }))
      assert.matches("^totality 0.1.0; totality.help%(%)", tostring(totality))
   end)

   it("names what is wrong", function()
      local good = { mass_ratio = 0.4, fillout = 0.3, inclination = 82 }
      local function with(changes)
         local parameters = {}
         for name, value in pairs(good) do parameters[name] = value end
         for name, value in pairs(changes) do parameters[name] = value end
         return function() totality.contact(parameters) end
      end
      assert.error_matches(with { filout = 1 }, "totality.contact: unknown option 'filout'; did you mean 'fillout'%?")
      assert.error_matches(with { fillout = 1.2 }, "option 'fillout' must be a number at least 0 and at most 1, got 1.2")
      assert.error_matches(with { mass_ratio = -1 }, "option 'mass_ratio' must be a number at least 0.001")
      assert.error_matches(with { t1 = 0 / 0 }, "option 't1' must be a number")
      assert.error_matches(with { band = "Q" }, "option 'band' must be one of \"ASAS_V\", \"B\", \"I\", \"Kepler\"")
      assert.error_matches(with { band = "V", wavelength = 500 }, "either 'band' or 'wavelength'")
      assert.error_matches(with { spots = { { star = 1, longitude = 0, radius = 20 } } },
         "spot 1: option 'temperature_factor' is missing")
      assert.error_matches(with { limb_darkening_1 = { x = 1.5 } }, "limb darkening with coefficients 1.5, 0 gives negative light")
      assert.error_matches(function() totality.contact { fillout = 0.1, inclination = 80 } end, "option 'mass_ratio' is missing")
      assert.error_matches(function() totality.contact(good):light_curve { phases = 1 } end, "option 'phases' must be a number at least 2")
   end)
end)

describe("extreme systems", function()
   it("give a finite, positive curve or a clear error", function()
      local rng = totality.rng(11)
      local phases = {}
      for k = 1, 21 do phases[k] = (k - 11) / 20 end
      for _ = 1, 300 do
         local parameters = {
            mass_ratio = 10 ^ rng:uniform(-3, 3), fillout = ({ 0, 1, rng:uniform() })[rng:integer(1, 3)],
            inclination = ({ 0, 90, 180, rng:uniform(-100, 300) })[rng:integer(1, 4)],
            t1 = 10 ^ rng:uniform(3, 5), t2 = 10 ^ rng:uniform(3, 5), resolution = 8,
         }
         if rng:uniform() < 0.5 then
            parameters.spots = { { star = rng:integer(1, 2), longitude = rng:uniform(-360, 360),
               colatitude = rng:uniform(0, 180), radius = ({ 0, 180, rng:uniform(0, 180) })[rng:integer(1, 3)],
               temperature_factor = rng:uniform(0.5, 2) } }
         end
         local flux = totality.contact(parameters):light_curve { phases = phases }.flux
         for k = 1, #flux do
            assert.is_true(flux[k] > 0 and flux[k] < math.huge, "flux " .. flux[k])
         end
         assert.near(flux[1], flux[21], 1e-9)
      end
   end)
end)

describe("radiation", function()
   local base = { mass_ratio = 0.4, fillout = 0.2, inclination = 80, t1 = 6500, t2 = 5000 }
   local function with(changes, make)
      local parameters = {}
      for name, value in pairs(base) do parameters[name] = value end
      for name, value in pairs(changes) do parameters[name] = value end
      return (make or totality.contact)(parameters)
   end
   local function refuses(changes, message)
      for name, value in pairs(base) do changes[name] = changes[name] or value end
      local fine, found = pcall(function()
         totality.contact(changes) -- which the error points at
      end)
      assert.is_false(fine)
      assert.matches("system_spec.lua:%d+: .*" .. message, found)
   end

   -- Planck times transmission on a thousand steps; a transmission is linear between its rows.
   local function integral(passband, temperature)
      local rows, sum = passband.transmission, 0
      local first, last, row = rows[1][1], rows[#rows][1], 2
      local step = (last - first) / 20000
      for k = 1, 20000 do
         local wavelength = first + (k - 0.5) * step
         while rows[row][1] < wavelength do row = row + 1 end
         local a, b = rows[row - 1], rows[row]
         local passed = a[2] + (b[2] - a[2]) * (wavelength - a[1]) / (b[1] - a[1])
         local photons = passband.counts == "photons" and wavelength or 1
         sum = sum + passed * photons / wavelength ^ 5 / (math.exp(1.438776877e7 / (wavelength * temperature)) - 1)
      end
      return sum * step
   end

   it("integrates Planck's law over each band", function()
      -- Two equal, uniform spheres side by side: their light is as their surface brightnesses.
      local function ratio(t1, t2, band)
         local star_1, star_2 = totality.detached { mass_ratio = 1, radius_1 = 0.05, radius_2 = 0.05, inclination = 80,
            t1 = t1, t2 = t2, band = band, limb_darkening = { x = 0.5 }, gravity_darkening_1 = 0, gravity_darkening_2 = 0,
         }:light_contributions(0.25)
         return star_1 / star_2
      end
      for name, passband in pairs(totality.passbands) do
         for _, t in ipairs { { 6000, 3500 }, { 5500, 5400 }, { 20000, 9000 } } do
            local expected = integral(passband, t[1]) / integral(passband, t[2])
            assert.near(1, ratio(t[1], t[2], name) / expected, 5e-6, name)
         end
      end
   end)

   it("takes a band of one's own; a narrow one is as one wavelength", function()
      totality.passbands.narrow = { wavelength = 550, counts = "energy",
         transmission = { { 549.9, 0 }, { 550, 1 }, { 550.1, 0 } } }
      finally(function() totality.passbands.narrow = nil end)
      local spots = { { star = 2, longitude = 10, radius = 25, temperature_factor = 1.2 } }
      for _, more in ipairs { {}, { spots = spots, reflection = true, albedo_2 = 1 } } do
         more.band = "narrow"
         local band = with(more):light_curve { phases = 21 }.flux
         more.band, more.wavelength = nil, 550
         local single = with(more):light_curve { phases = 21 }.flux
         for k = 1, 21 do assert.near(single[k], band[k], 1e-6) end
      end
      totality.passbands.narrow.transmission[3][1] = 549
      refuses({ band = "narrow" }, "totality.contact: pass band 'narrow': wavelengths must ascend")
      totality.passbands.narrow.transmission = { { 540, 0 }, { 550, 0 } }
      refuses({ band = "narrow" }, "totality.contact: the band lets nothing through")
   end)

   it("makes eclipses of a hotter star deeper in bluer bands", function()
      local depths = {}
      for k, band in ipairs { "I", "TESS", "R", "V", "B" } do
         local flux = with({ band = band, limb_darkening = { x = 0.6 } }):light_curve { phases = { 0, 0.5 } }.flux
         depths[k] = { flux[2] - flux[1], band }
      end
      for k = 2, #depths do
         assert.is_true(depths[k][1] > depths[k - 1][1], depths[k][2] .. " after " .. depths[k - 1][2])
      end
      local asas, v = with({ band = "ASAS_V" }):light_curve { phases = { 0 } }, with({}):light_curve { phases = { 0 } }
      assert.equal(v.flux[1], asas.flux[1])
   end)

   it("has limb darkening by temperature, band and law", function()
      local function limb(changes, star)
         local found = with(changes).parameters["limb_darkening_" .. (star or 1)]
         return { found.law, found.x, found.y }
      end
      -- rows of the table
      assert.same({ "logarithmic", 0.710, 0.278 }, limb {})
      assert.same({ "logarithmic", 0.799, 0.112 }, limb({}, 2))
      assert.same({ "linear", 0.367, 0 }, limb { limb_darkening = "linear", band = "I" })
      assert.same({ "square_root", 0.282, 0.603 }, limb { limb_darkening = { law = "square_root" }, band = "B" })
      assert.same({ "linear", 0.489, 0 }, limb { limb_darkening_1 = "linear", band = "Kepler" })
      assert.same(limb { band = "I" }, limb { band = "TESS" })
      assert.same(limb {}, limb { band = "ASAS_V" })
      -- between rows, and beyond them
      assert.near((0.573 + 0.524) / 2, limb({ limb_darkening = "linear", t1 = 6250 })[2], 1e-12)
      assert.same(limb { t1 = 3500 }, limb { t1 = 2000 })
      assert.same(limb { t1 = 20000 }, limb { t1 = 50000 })
      -- at a wavelength
      assert.same(limb { band = "V" }, limb { wavelength = 544.8 })
      assert.same(limb { band = "I" }, limb { wavelength = 2000 })
      assert.near((0.524 + 0.447) / 2, limb({ limb_darkening = "linear", wavelength = (544.8 + 640.7) / 2 })[2], 1e-12)
      -- one star's own goes before that of both
      assert.same({ "linear", 0.3, 0 }, limb { limb_darkening_1 = { x = 0.3 }, limb_darkening = "quadratic" })
      assert.equal("quadratic", limb({ limb_darkening_1 = { x = 0.3 }, limb_darkening = "quadratic" }, 2)[1])
      assert.same({ "logarithmic", 0.7, 0.2 }, limb { limb_darkening = { law = "logarithmic", x = 0.7, y = 0.2 } })
   end)

   -- Van Hamme's fits keep the flux: a misprint would show.
   it("gives the same flux by each law of the table", function()
      local coefficients = require("totality.limb_darkening").coefficients
      for _, band in ipairs { "B", "V", "R", "I", "Kepler" } do
         for t = 3500, 20000, 250 do
            local linear = coefficients("linear", t, band)
            local x, y = coefficients("logarithmic", t, band)
            assert.near(linear, x - 2 * y / 3, 0.0016, band .. t)
            x, y = coefficients("square_root", t, band)
            assert.near(linear, x + 3 * y / 5, 0.0016, band .. t)
         end
      end
   end)

   it("has a quadratic law next to the logarithmic one", function()
      for _, t1 in ipairs { 3500, 4500, 5800, 8000, 20000 } do
         local log = with({ t1 = t1 }).parameters.limb_darkening_1
         local quadratic = with({ t1 = t1, limb_darkening = "quadratic" }).parameters.limb_darkening_1
         -- least squares over mu: the difference is orthogonal to 1 - mu and (1 - mu)^2
         local first, second = 0, 0
         for k = 1, 10000 do
            local mu = (k - 0.5) / 10000
            local s = 1 - mu
            local off = log.x * s + log.y * mu * math.log(mu) - quadratic.x * s - quadratic.y * s * s
            first, second = first + off * s / 10000, second + off * s * s / 10000
         end
         assert.near(0, first, 1e-8)
         assert.near(0, second, 1e-8)
      end
   end)

   it("changes little between the laws with their defaults", function()
      local reference = with({}):light_curve { phases = 51 }.flux
      for _, law in ipairs { "linear", "square_root", "quadratic" } do
         local flux = with({ limb_darkening = law }):light_curve { phases = 51 }.flux
         for k = 1, 51 do assert.near(reference[k], flux[k], law == "linear" and 0.01 or 0.002, law) end
      end
   end)

   it("gives every band and temperature light that is not negative", function()
      for name in pairs(totality.passbands) do
         for t = 3000, 22000, 250 do
            for _, law in ipairs { "linear", "logarithmic", "square_root", "quadratic" } do
               with({ t1 = t, t2 = t, band = name, limb_darkening = law, resolution = 4 }) -- checks it
            end
         end
      end
   end)

   it("has convective and radiative envelopes", function()
      local cool, hot = with({ t1 = 7199, t2 = 7200 }).parameters, with({ t1 = 9000, t2 = 4000 }).parameters
      assert.same({ 0.32, 0.5, 1, 1 },
         { cool.gravity_darkening_1, cool.albedo_1, cool.gravity_darkening_2, cool.albedo_2 })
      assert.same({ 1, 1, 0.32, 0.5 }, { hot.gravity_darkening_1, hot.albedo_1, hot.gravity_darkening_2, hot.albedo_2 })
      local given = with({ gravity_darkening_1 = 0, albedo_2 = 0.3 }).parameters
      assert.same({ 0, 0.5, 0.32, 0.3 },
         { given.gravity_darkening_1, given.albedo_1, given.gravity_darkening_2, given.albedo_2 })
   end)

   it("thins eclipses by third light, in every kind of system", function()
      local phases = { 0, 0.03, 0.1, 0.25, 0.5 }
      for _, make in ipairs { totality.contact,
         function(p) p.fillout, p.radius = nil, 0.2 return totality.semi_detached(p) end,
         function(p) p.fillout, p.radius_1, p.radius_2 = nil, 0.2, 0.2 return totality.detached(p) end } do
         local pure, diluted = with({}, make), with({ third_light = 0.4 }, make)
         local a, b = pure:light_curve { phases = phases }.flux, diluted:light_curve { phases = phases }.flux
         for k = 1, #phases do assert.near(0.6 * (1 - a[k]), 1 - b[k], 1e-12) end
         assert.same({ pure:light_contributions(0.1) }, { diluted:light_contributions(0.1) })
         local undiluted, found = pure:totality(), diluted:totality()
         assert.is_true(found.amplitude < 0.65 * undiluted.amplitude)
         found.amplitude = undiluted.amplitude
         assert.same(undiluted, found)
      end
   end)

   it("smears by the exposure", function()
      local system = with({ spots = { { star = 1, longitude = 80, radius = 25, temperature_factor = 0.8 } } })
      for _, exposure in ipairs { 0.005, 0.068, 0.3 } do
         local flux = system:light_curve { phases = { -0.5, -0.03, 0.25 }, exposure = exposure }.flux
         for k, phase in ipairs { -0.5, -0.03, 0.25 } do
            local parts, sum = {}, 0
            for j = 1, 400 do parts[j] = phase + exposure * ((j - 0.5) / 400 - 0.5) end
            local fine = system:light_curve { phases = parts }.flux
            for j = 1, 400 do sum = sum + fine[j] end
            assert.near(sum / 400, flux[k], 1e-4)
         end
      end
      assert.same(system:light_curve().flux:to_table(), system:light_curve({ exposure = 0 }).flux:to_table())
   end)

   it("names what is wrong", function()
      refuses({ third_light = 1 }, "option 'third_light' must be a number at least 0 and below 1, got 1")
      refuses({ albedo_1 = 1.5 }, "option 'albedo_1' must be a number at least 0 and at most 1, got 1.5")
      refuses({ limb_darkening = "lineal" }, "option 'limb_darkening' must be one of \"linear\", .*got \"lineal\"")
      refuses({ limb_darkening_2 = 0.6 }, "option 'limb_darkening_2' must be the name of a law, or a table, got 0.6")
      refuses({ limb_darkening_2 = { y = 0.6 } }, "totality.contact: limb_darkening_2: give 'x' with 'y', or neither")
      refuses({ limb_darkening = { x = 0.6, z = 1 } }, "totality.contact: limb_darkening: unknown option 'z'")
      refuses({ wavelength = 50 }, "option 'wavelength' must be a number at least 100")
      assert.error_matches(function() with({}):light_curve { exposure = 0.6 } end,
         "light_curve: option 'exposure' must be a number at least 0 and at most 0.5, got 0.6")
   end)
end)
