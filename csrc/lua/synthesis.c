/* Batches of synthetic examples, from lists of systems. */
#include "lua/binding.h"

#include <string.h>

#include "lua/system.h"
#include "synthesis/synthesis.h"

enum { COLUMNS = 4 };

/* synthesize(systems, points, random, noise, seeds, width, height, minimum_amplitude, threads,
 * style): a list of systems, then a series each of number of points, sampling (0 regular, 1
 * random), noise and seed, one value an example. Returns the images (count x 1 x height x width),
 * and a series each of light_left (NaN where no image was made) and amplitude. */
static int synthesize(lua_State *L) {
    tot_error error = {{0}};
    tot_image_options options = tot_image_options_default();
    luaL_checktype(L, 1, LUA_TTABLE);
    const size_t count = lua_rawlen(L, 1);
    const totlua_series *columns[COLUMNS];
    for (int k = 0; k < COLUMNS; k++) {
        columns[k] = totlua_check_series(L, k + 2);
        luaL_argcheck(L, columns[k]->count == count, k + 2, "one value for each system expected");
    }
    options.width = totlua_check_size(L, 6);
    options.height = totlua_check_size(L, 7);
    const double minimum_amplitude = luaL_checknumber(L, 8);
    const size_t threads = totlua_check_size(L, 9);
    static const char *const styles[] = {"area", "marks", "density",
                                         NULL}; /* as tot_raster_style */
    options.style = (tot_raster_style)luaL_checkoption(L, 10, "area", styles);

    tot_example *examples = lua_newuserdatauv(L, count * sizeof *examples, 0);
    tot_example_result *results = lua_newuserdatauv(L, count * sizeof *results, 0);
    for (size_t k = 0; k < count; k++) {
        lua_rawgeti(L, 1, (lua_Integer)k + 1);
        /* The list keeps the system alive. */
        examples[k] = (tot_example){.system = totlua_check_binary(L, -1),
                                    .points = (size_t)columns[0]->data[k],
                                    .sampling = columns[1]->data[k] != 0 ? TOT_SAMPLING_RANDOM
                                                                         : TOT_SAMPLING_REGULAR,
                                    .noise = columns[2]->data[k],
                                    .rng = tot_rng_stream((uint64_t)columns[3]->data[k], 1)};
        lua_pop(L, 1);
    }
    const size_t shape[] = {count, 1, options.height, options.width};
    totlua_tensor *images = totlua_new_tensor(L, 4, shape);
    const tot_status status = tot_synthesize(examples, count, minimum_amplitude, &options, threads,
                                             images->data, results, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    totlua_series *light_left = totlua_new_series(L, count);
    totlua_series *amplitude = totlua_new_series(L, count);
    for (size_t k = 0; k < count; k++) {
        light_left->data[k] = results[k].light_left;
        amplitude->data[k] = results[k].amplitude;
    }
    return 3;
}

static const luaL_Reg functions[] = {{"synthesize", synthesize}, {NULL, NULL}};

void totlua_open_synthesis(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
