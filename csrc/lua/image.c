/* Images of light curves: a Tensor of height x width. */
#include "lua/binding.h"

#include "curve/bin.h"
#include "curve/shape.h"
#include "image/png_io.h"
#include "image/prepare.h"
#include "image/raster.h"

static const char *const statistics[] = {"mean", "median", NULL};       /* as tot_statistic */
static const char *const styles[] = {"area", "marks", "density", NULL}; /* as tot_raster_style */

static totlua_tensor *new_image(lua_State *L, size_t width, size_t height) {
    const size_t shape[] = {height, width};
    return totlua_new_tensor(L, 2, shape);
}

/* raster(phase, flux, width, height, statistic, style): the image of a curve that is aligned and
 * normalised; or nil, message */
static int raster(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1), *flux = totlua_check_series(L, 2);
    const tot_image_options options = {
        .width = totlua_check_size(L, 3),
        .height = totlua_check_size(L, 4),
        .statistic = (tot_statistic)luaL_checkoption(L, 5, "mean", statistics),
        .style = (tot_raster_style)luaL_checkoption(L, 6, "area", styles),
    };
    luaL_argcheck(L, flux->count == phase->count, 2, "series of different lengths");
    totlua_tensor *image = new_image(L, options.width, options.height);
    double noise = 0.0;
    size_t empty;
    tot_shape shape;
    tot_error error;
    tot_status status = TOT_OK;
    if (options.style == TOT_RASTER_DENSITY)
        status = tot_shape_measure(phase->data, flux->data, phase->count, &shape, &noise, &error);
    if (status == TOT_OK)
        status = tot_draw_points(phase->data, flux->data, phase->count, noise, &options,
                                 image->data, &empty, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

static void set_number(lua_State *L, const char *name, double value) {
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

static void set_size(lua_State *L, const char *name, size_t value) {
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static void push_summary(lua_State *L, const tot_curve_summary *summary) {
    static const char *const minima[] = {"unclear", "primary", "secondary"}; /* as tot_minimum */
    lua_createtable(L, 0, 20);
    set_size(L, "n_points", summary->n_points);
    set_size(L, "n_used", summary->n_used);
    set_size(L, "n_outliers", summary->n_outliers);
    set_size(L, "n_empty_columns", summary->n_empty_columns);
    set_number(L, "widest_gap", summary->widest_gap);
    set_number(L, "shift", summary->shift);
    set_number(L, "shift_error", summary->shift_err);
    set_number(L, "top", summary->top);
    set_number(L, "bottom", summary->bottom);
    set_number(L, "noise", summary->noise);
    set_number(L, "noise_amplitude", summary->noise_amplitude);
    set_number(L, "depth", summary->depth);
    set_number(L, "secondary_depth", summary->secondary_depth);
    set_number(L, "depth_difference_sigma", summary->depth_difference_sigma);
    set_number(L, "maxima_difference", summary->maxima_difference);
    set_number(L, "double_wave", summary->double_wave);
    set_number(L, "primary_curvature", summary->flatness.primary_curvature);
    set_number(L, "secondary_curvature", summary->flatness.secondary_curvature);
    set_number(L, "flatter_significance", summary->flatness.significance);
    lua_pushstring(L, minima[summary->flatness.flatter]);
    lua_setfield(L, -2, "flatter_minimum");
}

/* prepare(phase, flux, width, height, sigma_lower, sigma_upper, statistic, style): image, summary;
 * or nil, message */
static int prepare(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1), *flux = totlua_check_series(L, 2);
    const tot_image_options options = {
        .width = totlua_check_size(L, 3),
        .height = totlua_check_size(L, 4),
        .sigma_lower = luaL_checknumber(L, 5),
        .sigma_upper = luaL_checknumber(L, 6),
        .statistic = (tot_statistic)luaL_checkoption(L, 7, "mean", statistics),
        .style = (tot_raster_style)luaL_checkoption(L, 8, "area", styles),
    };
    luaL_argcheck(L, flux->count == phase->count, 2, "series of different lengths");
    totlua_tensor *image = new_image(L, options.width, options.height);
    tot_curve_summary summary;
    tot_error error;
    const tot_status status = tot_curve_to_image(phase->data, flux->data, phase->count, &options,
                                                 image->data, &summary, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    push_summary(L, &summary);
    return 2;
}

/* write_png(tensor, path): true; or nil, message */
static int write_png(lua_State *L) {
    const totlua_tensor *image = totlua_check_tensor(L, 1);
    const char *path = luaL_checkstring(L, 2);
    luaL_argcheck(L, image->rank == 2, 1, "a tensor of height x width expected");
    tot_error error;
    const tot_status status =
        tot_png_write(path, image->data, image->shape[1], image->shape[0], &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushboolean(L, 1);
    return 1;
}

static const luaL_Reg functions[] = {
    {"raster", raster}, {"prepare", prepare}, {"write_png", write_png}, {NULL, NULL}};

void totlua_open_image(lua_State *L) {
    luaL_setfuncs(L, functions, 0);
}
