/* Batches of synthetic examples. */
#include "lua/binding.h"

#include <math.h>

#include "binary/model_curves.h"
#include "lua/survey.h"
#include "synthesis/synthesis.h"

static double number(lua_State *L, const char *name) {
    lua_getfield(L, -1, name);
    const double value = luaL_checknumber(L, -1);
    lua_pop(L, 1);
    return value;
}

/* The example described by the table on top. What it points to is kept alive by the table. */
static tot_example read_example(lua_State *L) {
    lua_getfield(L, -1, "flux");
    const totlua_series *flux = totlua_check_series(L, -1);
    lua_pop(L, 1);
    lua_getfield(L, -1, "survey");
    const tot_survey *survey = lua_isnil(L, -1) ? NULL : totlua_check_survey(L, -1);
    lua_pop(L, 1);
    tot_example example = {.survey = survey,
                           .rng = tot_rng_stream((uint64_t)number(L, "seed"), 1),
                           .hide_depth = number(L, "hide_depth") != 0,
                           .target = {.flux = flux->data,
                                      .states = flux->count / TOT_MODEL_PHASES,
                                      .count = TOT_MODEL_PHASES,
                                      .first_phase = TOT_MODEL_FIRST_PHASE,
                                      .mirrored = number(L, "mirrored") != 0,
                                      .third_light = number(L, "third_light"),
                                      .minimum_amplitude = number(L, "minimum_amplitude"),
                                      .magnitude = NAN}};
    if (survey == NULL) {
        example.target.states = 1;
        example.points = (size_t)number(L, "points");
        example.noise = number(L, "noise");
        example.sampling = number(L, "random") != 0 ? TOT_SAMPLING_RANDOM : TOT_SAMPLING_REGULAR;
    } else {
        example.limit = (size_t)number(L, "limit");
        example.target.period = number(L, "period");
        example.target.state_duration = number(L, "state_duration");
        example.target.period_change = number(L, "period_change");
        example.target.light_time = number(L, "light_time");
        example.target.outer_period = number(L, "outer_period");
    }
    return example;
}

/* draw_examples(examples, width, height, threads, style): a list of tables with flux (a series of
 * make_models, with TOT_MODEL_PHASES), seed, mirrored and hide_depth (0 or 1), third_light,
 * minimum_amplitude; and either points, noise and random (0 or 1), or survey, limit, period,
 * state_duration, period_change, light_time and outer_period. Returns the images (count x 1 x
 * height x width) and a list of booleans: whether there is one. */
static int draw_examples(lua_State *L) {
    tot_error error = {{0}};
    tot_image_options options = tot_image_options_default();
    luaL_checktype(L, 1, LUA_TTABLE);
    options.width = totlua_check_size(L, 2);
    options.height = totlua_check_size(L, 3);
    const size_t threads = totlua_check_size(L, 4), count = lua_rawlen(L, 1);
    static const char *const styles[] = {"area", "marks", NULL}; /* as tot_raster_style */
    options.style = (tot_raster_style)luaL_checkoption(L, 5, "area", styles);
    tot_example *examples = lua_newuserdatauv(L, count * sizeof *examples, 0);
    bool *drawn = lua_newuserdatauv(L, count * sizeof *drawn + 1, 0);
    for (size_t k = 0; k < count; k++) {
        lua_rawgeti(L, 1, (lua_Integer)k + 1);
        luaL_checktype(L, -1, LUA_TTABLE);
        examples[k] = read_example(L);
        lua_pop(L, 1);
    }
    const size_t shape[] = {count, 1, options.height, options.width};
    totlua_tensor *images = totlua_new_tensor(L, 4, shape);
    const tot_status status =
        tot_draw_examples(examples, count, &options, threads, images->data, drawn, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_createtable(L, (int)count, 0);
    for (size_t k = 0; k < count; k++) {
        lua_pushboolean(L, drawn[k]);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
    return 2;
}

static const luaL_Reg functions[] = {{"draw_examples", draw_examples}, {NULL, NULL}};

void totlua_open_synthesis(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
