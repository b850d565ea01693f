/* Batches of synthetic examples, from lists of systems. */
#include "lua/binding.h"

#include <math.h>

#include "lua/survey.h"
#include "lua/system.h"
#include "synthesis/synthesis.h"

/* make_models(stars, minimum_amplitude, threads): a list of lists of systems, the states of each
 * star. Returns a list of series (the curves of the states, one after the other), and a series
 * each of light_left (NaN below the amplitude), minimum and maximum. */
static int make_models(lua_State *L) {
    tot_error error = {{0}};
    luaL_checktype(L, 1, LUA_TTABLE);
    const double minimum_amplitude = luaL_checknumber(L, 2);
    const size_t threads = totlua_check_size(L, 3), count = lua_rawlen(L, 1);
    lua_settop(L, 3);
    size_t states = 0;
    for (size_t k = 0; k < count; k++) {
        if (lua_rawgeti(L, 1, (lua_Integer)k + 1) != LUA_TTABLE || lua_rawlen(L, -1) == 0)
            return luaL_error(L, "star %d: a list of systems expected", (int)k + 1);
        states += lua_rawlen(L, -1);
        lua_pop(L, 1);
    }
    const tot_binary **systems = lua_newuserdatauv(L, states * sizeof *systems, 0);
    tot_model *models = lua_newuserdatauv(L, count * sizeof *models, 0);
    lua_createtable(L, (int)count, 0);
    const int curves = lua_gettop(L);
    for (size_t k = 0, used = 0; k < count; k++) {
        lua_rawgeti(L, 1, (lua_Integer)k + 1);
        models[k] = (tot_model){.states = systems + used, .state_count = lua_rawlen(L, -1)};
        for (size_t j = 0; j < models[k].state_count; j++) {
            lua_rawgeti(L, -1, (lua_Integer)j + 1);
            systems[used++] = totlua_check_binary(L, -1); /* the list keeps it alive */
            lua_pop(L, 1);
        }
        models[k].flux = totlua_new_series(L, models[k].state_count * TOT_MODEL_PHASES)->data;
        lua_rawseti(L, curves, (lua_Integer)k + 1);
        lua_pop(L, 1);
    }
    totlua_series *columns[3];
    for (size_t k = 0; k < 3; k++)
        columns[k] = totlua_new_series(L, count);
    const tot_status status = tot_make_models(models, count, minimum_amplitude, threads, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    for (size_t k = 0; k < count; k++) {
        columns[0]->data[k] = models[k].light_left;
        columns[1]->data[k] = models[k].minimum;
        columns[2]->data[k] = models[k].maximum;
    }
    return 4;
}

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
                                      .first_phase = -0.5,
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
 * make_models), seed, mirrored and hide_depth (0 or 1), third_light, minimum_amplitude; and either
 * points, noise and random (0 or 1), or survey, limit, period, state_duration, period_change,
 * light_time and outer_period. Returns the images (count x 1 x height x width) and a list of
 * booleans: whether there is one. */
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

static const luaL_Reg functions[] = {
    {"make_models", make_models}, {"draw_examples", draw_examples}, {NULL, NULL}};

void totlua_open_synthesis(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
