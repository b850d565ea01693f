/* Images of light curves: a Tensor of height x width. */
#include "lua/binding.h"
#include "lua/folding.h"

#include "base/parallel.h"
#include "curve/bin.h"
#include "curve/clean.h"
#include "curve/shape.h"
#include "image/draw_observed.h"
#include "image/png_io.h"
#include "image/prepare.h"
#include "image/raster.h"

static const char *const statistics[] = {"mean", "median", NULL}; /* as tot_statistic */
static const char *const styles[] = {"area", "marks", NULL};      /* as tot_raster_style */

static totlua_tensor *new_image(lua_State *L, size_t width, size_t height) {
    const size_t shape[] = {height, width};
    return totlua_new_tensor(L, 2, shape);
}

/* raster(phase, flux, width, height, statistic, style, depth): the image of a curve that is aligned
 * and normalised, whose depth may be NaN; or nil, message */
static int raster(lua_State *L) {
    const totlua_series *phase = totlua_check_series(L, 1), *flux = totlua_check_series(L, 2);
    const tot_image_options options = {
        .width = totlua_check_size(L, 3),
        .height = totlua_check_size(L, 4),
        .statistic = (tot_statistic)luaL_checkoption(L, 5, "mean", statistics),
        .style = (tot_raster_style)luaL_checkoption(L, 6, "area", styles),
    };
    const double depth = luaL_checknumber(L, 7);
    luaL_argcheck(L, flux->count == phase->count, 2, "series of different lengths");
    double *weight = totlua_new_series(L, phase->count)->data;
    totlua_tensor *image = new_image(L, options.width, options.height);
    double noise = 0.0;
    size_t empty;
    tot_shape shape;
    tot_error error;
    tot_status status = tot_weigh_points(phase->data, flux->data, phase->count, weight, &error);
    if (status == TOT_OK && options.style == TOT_RASTER_AREA)
        status = tot_shape_measure(phase->data, flux->data, phase->count, &shape, &noise, &error);
    if (status == TOT_OK)
        status = tot_draw_points(phase->data, flux->data, weight, phase->count, noise, depth,
                                 &options, image->data, &empty, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
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
    totlua_set_number(L, "widest_gap", summary->widest_gap);
    totlua_set_number(L, "shift", summary->shift);
    totlua_set_number(L, "shift_error", summary->shift_err);
    totlua_set_number(L, "top", summary->top);
    totlua_set_number(L, "bottom", summary->bottom);
    totlua_set_number(L, "noise", summary->noise);
    totlua_set_number(L, "noise_amplitude", summary->noise_amplitude);
    totlua_set_number(L, "depth", summary->depth);
    totlua_set_number(L, "secondary_depth", summary->secondary_depth);
    totlua_set_number(L, "depth_difference_sigma", summary->depth_difference_sigma);
    totlua_set_number(L, "maxima_difference", summary->maxima_difference);
    totlua_set_number(L, "double_wave", summary->double_wave);
    totlua_set_number(L, "primary_curvature", summary->flatness.primary_curvature);
    totlua_set_number(L, "secondary_curvature", summary->flatness.secondary_curvature);
    totlua_set_number(L, "flatter_significance", summary->flatness.significance);
    lua_pushstring(L, minima[summary->flatness.flatter]);
    lua_setfield(L, -2, "flatter_minimum");
}

/* ------------------------------------------------------------------- curves to images */

#define DRAWING_CLASS "totality.Drawing"

/* Curves that are being drawn, perhaps in the background. What a thread works on is held by user
 * values: the caller's curves, the images (a list of tensors), the requests, the sets of images. */
typedef struct drawing {
    tot_image_request *requests;
    tot_image_set *sets;
    size_t count, set_count, threads;
    tot_background *background;
} drawing;

enum { CURVES = 1, IMAGES, REQUESTS, SETS, USER_VALUES = SETS };

static void run_drawing(void *context) {
    drawing *self = context;
    tot_draw_observed(self->requests, self->count, self->sets, self->set_count, self->threads);
}

static int finish_drawing(lua_State *L) {
    drawing *self = luaL_checkudata(L, 1, DRAWING_CLASS);
    tot_background_wait(self->background);
    self->background = NULL;
    return 0;
}

/* The Series in a field of the table on top; NULL when there is none. It stays in the table
 * `curves`, whatever becomes of the caller's. */
static const totlua_series *hold_series(lua_State *L, const char *name, int curves) {
    if (lua_getfield(L, -1, name) == LUA_TNIL) {
        lua_pop(L, 1);
        return NULL;
    }
    const totlua_series *series = totlua_check_series(L, -1);
    lua_rawseti(L, curves, (lua_Integer)lua_rawlen(L, curves) + 1);
    return series;
}

static double number_field(lua_State *L, const char *name) {
    lua_getfield(L, -1, name);
    const double number = luaL_checknumber(L, -1);
    lua_pop(L, 1);
    return number;
}

static tot_image_request check_request(lua_State *L, lua_Integer index, int curves) {
    tot_image_request request = {.status = TOT_OK};
    if (lua_rawgeti(L, 1, index) != LUA_TTABLE)
        luaL_error(L, "curve %I is no table", index);
    const totlua_series *time = hold_series(L, "time", curves);
    const totlua_series *flux = hold_series(L, "flux", curves);
    const totlua_series *other = hold_series(L, time == NULL ? "phase" : "segment", curves);
    if (flux == NULL || (time == NULL && other == NULL) ||
        (time != NULL && time->count != flux->count) ||
        (other != NULL && other->count != flux->count))
        luaL_error(L, "curve %I: missing series, or of different lengths", index);
    request.observed.flux = flux->data;
    request.observed.count = flux->count;
    if (time == NULL) {
        request.phase = other->data;
    } else {
        request.observed.time = time->data;
        request.observed.segment = other == NULL ? NULL : other->data;
        request.folding.period = number_field(L, "period");
        request.folding.epoch = number_field(L, "epoch");
        request.folding.drift = number_field(L, "drift");
        lua_getfield(L, -1, "baseline");
        request.folding.keep_baseline = !lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return request;
}

static size_t size_field(lua_State *L, const char *name) {
    lua_getfield(L, -1, name);
    const size_t size = totlua_check_size(L, -1);
    lua_pop(L, 1);
    return size;
}

/* The options of an image on top of those that all have; its tensor is appended to the table
 * `images`. */
static tot_image_set new_set(lua_State *L, lua_Integer index, const tot_image_options *common,
                             size_t count, int images) {
    tot_image_set set = {.options = *common};
    if (lua_rawgeti(L, 2, index) != LUA_TTABLE)
        luaL_error(L, "image %I is no table", index);
    set.options.width = size_field(L, "width");
    set.options.height = size_field(L, "height");
    lua_getfield(L, -1, "style");
    set.options.style = (tot_raster_style)luaL_checkoption(L, -1, NULL, styles);
    const size_t shape[] = {count, 1, set.options.height, set.options.width};
    set.pixels = totlua_new_tensor(L, 4, shape)->data;
    lua_rawseti(L, images, index);
    lua_pop(L, 2);
    return set;
}

/* draw({ curves }, { images }, sigma_lower, sigma_upper, statistic, threads, background): a
 * Drawing. A curve is { time, flux, segment or nil, period, epoch, drift, baseline } or { phase,
 * flux }, an image, of which every curve gets one, { width, height, style }. With background the
 * work goes on while the caller does something else. */
static int draw(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TTABLE);
    const tot_image_options common = {
        .sigma_lower = luaL_checknumber(L, 3),
        .sigma_upper = luaL_checknumber(L, 4),
        .statistic = (tot_statistic)luaL_checkoption(L, 5, "mean", statistics),
    };
    const size_t threads = totlua_check_size(L, 6);
    const int background = lua_toboolean(L, 7);
    const size_t count = lua_rawlen(L, 1), set_count = lua_rawlen(L, 2);
    luaL_argcheck(L, set_count > 0, 2, "at least one image expected");
    drawing *self = lua_newuserdatauv(L, sizeof *self, USER_VALUES);
    const int object = lua_gettop(L);
    *self = (drawing){.count = count, .set_count = set_count, .threads = threads};
    luaL_setmetatable(L, DRAWING_CLASS);
    lua_newtable(L);
    const int curves = lua_gettop(L);
    self->requests = lua_newuserdatauv(L, (count + 1) * sizeof *self->requests, 0);
    lua_setiuservalue(L, object, REQUESTS);
    for (size_t k = 0; k < count; k++)
        self->requests[k] = check_request(L, (lua_Integer)k + 1, curves);
    lua_setiuservalue(L, object, CURVES);
    lua_newtable(L);
    const int images = lua_gettop(L);
    self->sets = lua_newuserdatauv(L, set_count * sizeof *self->sets, 0);
    lua_setiuservalue(L, object, SETS);
    for (size_t k = 0; k < set_count; k++)
        self->sets[k] = new_set(L, (lua_Integer)k + 1, &common, count, images);
    lua_setiuservalue(L, object, IMAGES);
    if (background)
        self->background = tot_background_start(run_drawing, self);
    else
        run_drawing(self);
    return 1;
}

/* drawing:wait(): for each image a Tensor of count x 1 x height x width, in a list, and a list with
 * the summary of each curve, or the message that says why there is none */
static int wait_for_drawing(lua_State *L) {
    const drawing *self = luaL_checkudata(L, 1, DRAWING_CLASS);
    finish_drawing(L);
    for (size_t k = 0; k < self->count; k++) {
        const tot_image_request *request = &self->requests[k];
        if (request->status != TOT_OK && request->status != TOT_ERROR_FORMAT)
            return totlua_failure(L, request->status, &request->error);
    }
    lua_getiuservalue(L, 1, IMAGES);
    lua_createtable(L, (int)self->count, 0);
    for (size_t k = 0; k < self->count; k++) {
        const tot_image_request *request = &self->requests[k];
        if (request->status == TOT_OK) {
            push_summary(L, &request->summary);
            if (request->observed.time != NULL) {
                totlua_push_folding(L, &request->folded);
                lua_setfield(L, -2, "folding");
            }
        } else {
            lua_pushstring(L, request->error.message);
        }
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
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
    {"raster", raster}, {"draw", draw}, {"write_png", write_png}, {NULL, NULL}};

static const luaL_Reg drawing_methods[] = {{"wait", wait_for_drawing}, {NULL, NULL}};
static const luaL_Reg drawing_metamethods[] = {{"__gc", finish_drawing}, {NULL, NULL}};

void totlua_open_image(lua_State *L) {
    totlua_new_class(L, DRAWING_CLASS, drawing_methods, drawing_metamethods);
    luaL_setfuncs(L, functions, 0);
    totlua_set_number(L, "image_bottom", TOT_RASTER_BOTTOM);
    totlua_set_number(L, "image_top", TOT_RASTER_TOP);
}
