/* totality.Network: the plan, the parameters and the working memory of a network. */
#include "lua/binding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nn/conv_kernel.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "nn/weights.h"

#define CLASS "totality.Network"

typedef struct network_object {
    tot_network *network; /* NULL when closed */
} network_object;

static tot_network *check_network(lua_State *L, int index) {
    const network_object *self = luaL_checkudata(L, index, CLASS);
    if (self->network == NULL)
        luaL_error(L, CLASS " is closed");
    return self->network;
}

static const char *const kind_names[] = {"conv2d", "max_pooling2d", "flatten",
                                         "dense",  "dropout",       NULL};
static const char *const activation_names[] = {"linear", "relu", "sigmoid", NULL};

/* The layer described by the table on top of the stack: { kind, units, activation, rate }. */
static tot_layer_spec check_spec(lua_State *L) {
    tot_layer_spec spec;
    const int table = lua_gettop(L);
    luaL_checktype(L, table, LUA_TTABLE);
    for (int k = 1; k <= 4; k++)
        lua_rawgeti(L, table, k);
    spec.kind = (tot_layer_kind)luaL_checkoption(L, table + 1, NULL, kind_names);
    spec.units = totlua_check_size(L, table + 2);
    spec.activation = (tot_activation)luaL_checkoption(L, table + 3, NULL, activation_names);
    spec.rate = luaL_checknumber(L, table + 4);
    lua_settop(L, table);
    return spec;
}

/* network(channels, height, width, { { kind, units, activation, rate }, ... } [, kernel]) */
static int create(lua_State *L) {
    const tot_shape input = {totlua_check_size(L, 1), totlua_check_size(L, 2),
                             totlua_check_size(L, 3), false};
    luaL_checktype(L, 4, LUA_TTABLE);
    const char *kernel = luaL_optstring(L, 5, NULL);
    const size_t count = lua_rawlen(L, 4);
    luaL_argcheck(L, count <= 1000, 4, "too many layers");
    tot_layer_spec *specs = lua_newuserdatauv(L, (count + 1) * sizeof *specs, 0);
    network_object *self = lua_newuserdatauv(L, sizeof *self, 0);
    tot_error error;
    self->network = NULL;
    luaL_setmetatable(L, CLASS);
    for (size_t k = 0; k < count; k++) {
        lua_rawgeti(L, 4, (lua_Integer)k + 1);
        specs[k] = check_spec(L);
        lua_pop(L, 1);
    }
    const tot_status status = tot_network_create(input, specs, count, kernel, &self->network, &error);
    return status == TOT_OK ? 1 : totlua_failure(L, status, &error);
}

static int close(lua_State *L) {
    network_object *self = luaL_checkudata(L, 1, CLASS);
    tot_network_free(self->network);
    self->network = NULL;
    return 0;
}

static int initialize(lua_State *L) {
    tot_network_initialize(check_network(L, 1), totlua_check_rng(L, 2));
    return 0;
}

static int parameter_count(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)tot_network_parameter_count(check_network(L, 1)));
    return 1;
}

/* A copy of all parameters, as one flat tensor. */
static int parameters(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const size_t count = tot_network_parameter_count(network);
    totlua_tensor *copy = totlua_new_tensor(L, 1, &count);
    memcpy(copy->data, tot_network_parameters(network), count * sizeof(float));
    return 1;
}

static int set_parameters(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const totlua_tensor *values = totlua_check_tensor(L, 2);
    const size_t count = tot_network_parameter_count(network);
    if (values->count != count)
        return luaL_error(L, "the tensor has %I numbers, the network %I parameters",
                          (lua_Integer)values->count, (lua_Integer)count);
    memcpy(tot_network_change_parameters(network), values->data, count * sizeof(float));
    return 0;
}

/* The name of the kernel that computes the convolutions. */
static int kernel(lua_State *L) {
    lua_pushstring(L, tot_network_kernel(check_network(L, 1)));
    return 1;
}

/* kernels() -> list of the names that network() accepts here, best first */
static int kernels(lua_State *L) {
    const tot_conv_kernel *each;
    lua_Integer count = 0;
    lua_newtable(L);
    for (size_t k = 0; (each = tot_conv_kernel_at(k)) != NULL; k++) {
        lua_pushstring(L, each->name);
        lua_rawseti(L, -2, ++count);
    }
    lua_pushliteral(L, TOT_PORTABLE_KERNEL);
    lua_rawseti(L, -2, ++count);
    return 1;
}

static void set_size(lua_State *L, const char *name, size_t value) {
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

/* A list of { name =, class =, flat =, channels =, height =, width =, parameters = }. */
static int layers(lua_State *L) {
    const tot_network *network = check_network(L, 1);
    const size_t count = tot_network_layer_count(network);
    lua_createtable(L, (int)count, 0);
    for (size_t k = 0; k < count; k++) {
        const tot_layer *layer = tot_network_layer(network, k);
        char name[TOT_NAME_SIZE];
        tot_network_layer_name(network, k, name);
        lua_createtable(L, 0, 7);
        lua_pushstring(L, name);
        lua_setfield(L, -2, "name");
        lua_pushstring(L, layer->class->name);
        lua_setfield(L, -2, "class");
        lua_pushboolean(L, layer->output.flat);
        lua_setfield(L, -2, "flat");
        set_size(L, "channels", layer->output.channels);
        set_size(L, "height", layer->output.height);
        set_size(L, "width", layer->output.width);
        set_size(L, "parameters", layer->weight_count + layer->bias_count);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
    return 1;
}

/* ------------------------------------------------------------------------ batches */

static const totlua_tensor *check_images(lua_State *L, int index, const tot_network *network) {
    const totlua_tensor *images = totlua_check_tensor(L, index);
    const tot_shape input = tot_network_layer(network, 0)->input;
    if (images->rank != 4 || images->shape[1] != input.channels ||
        images->shape[2] != input.height || images->shape[3] != input.width) {
        luaL_tolstring(L, index, NULL);
        luaL_error(L,
                   "the images are %s, the network takes count x %I x %I x %I (channels, height, "
                   "width)",
                   lua_tostring(L, -1), (lua_Integer)input.channels, (lua_Integer)input.height,
                   (lua_Integer)input.width);
    }
    return images;
}

/* One number per image; NULL for nil. */
static const float *check_per_image(lua_State *L, int index, const char *what, size_t count) {
    if (lua_isnoneornil(L, index))
        return NULL;
    const totlua_tensor *values = totlua_check_tensor(L, index);
    if (values->count != count)
        luaL_error(L, "there are %I images and %I %s", (lua_Integer)count,
                   (lua_Integer)values->count, what);
    return values->data;
}

static tot_batch check_batch(lua_State *L, int images, int labels, int weights,
                             const tot_network *network) {
    const totlua_tensor *tensor = check_images(L, images, network);
    return (tot_batch){tensor->shape[0], tensor->data,
                       check_per_image(L, labels, "labels", tensor->shape[0]),
                       check_per_image(L, weights, "weights", tensor->shape[0])};
}

static void to_probabilities(totlua_tensor *logits) {
    for (size_t k = 0; k < logits->count; k++)
        logits->data[k] = (float)tot_sigmoid((double)logits->data[k]);
}

static int run_predict(lua_State *L, int probabilities) {
    tot_network *network = check_network(L, 1);
    const size_t threads = totlua_check_size(L, 3);
    const tot_batch batch = check_batch(L, 2, 4, 5, network);
    totlua_tensor *result = totlua_new_tensor(L, 1, &batch.count);
    tot_error error;
    double loss = 0.0;
    const tot_status status =
        tot_network_predict(network, &batch, threads, result->data, &loss, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    if (probabilities)
        to_probabilities(result);
    if (batch.labels == NULL)
        return 1;
    lua_pushnumber(L, loss);
    return 2;
}

/* predict(images, threads [, labels [, weights]]) -> probabilities [, mean loss] */
static int predict(lua_State *L) {
    return run_predict(L, 1);
}

/* The same before the sigmoid. */
static int logits(lua_State *L) {
    return run_predict(L, 0);
}

/* ---------------------------------------------------------------------------- Adam */

#define ADAM_CLASS "totality.Adam"

static tot_adam *check_adam(lua_State *L, int index) {
    return luaL_checkudata(L, index, ADAM_CLASS);
}

/* adam(parameter count, learning rate, beta_1, beta_2, epsilon) */
static int create_adam(lua_State *L) {
    const size_t count = totlua_check_size(L, 1);
    const double rate = luaL_checknumber(L, 2), beta_1 = luaL_checknumber(L, 3);
    const double beta_2 = luaL_checknumber(L, 4), epsilon = luaL_checknumber(L, 5);
    tot_adam *self = lua_newuserdatauv(L, sizeof *self, 0);
    tot_error error;
    *self = (tot_adam){0};
    luaL_setmetatable(L, ADAM_CLASS);
    const tot_status status = tot_adam_init(self, count, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    self->learning_rate = rate;
    self->beta_1 = beta_1;
    self->beta_2 = beta_2;
    self->epsilon = epsilon;
    return 1;
}

static int close_adam(lua_State *L) {
    tot_adam_clear(check_adam(L, 1));
    return 0;
}

static int set_learning_rate(lua_State *L) {
    check_adam(L, 1)->learning_rate = luaL_checknumber(L, 2);
    return 0;
}

static int steps(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)check_adam(L, 1)->step);
    return 1;
}

/* train(adam, images, labels, weights or nil, threads, seed, number of the first sample)
 * -> mean loss, probabilities before the step */
static int train(lua_State *L) {
    tot_network *network = check_network(L, 1);
    tot_adam *adam = check_adam(L, 2);
    const tot_batch batch = check_batch(L, 3, 4, 5, network);
    const tot_run run = {totlua_check_size(L, 6), (uint64_t)luaL_checkinteger(L, 7),
                         (uint64_t)luaL_checkinteger(L, 8)};
    totlua_tensor *result = totlua_new_tensor(L, 1, &batch.count);
    tot_error error;
    double loss = 0.0;
    const tot_status status =
        tot_network_train(network, adam, &batch, run, result->data, &loss, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    to_probabilities(result);
    lua_pushnumber(L, loss);
    lua_insert(L, -2);
    return 2;
}

/* ---------------------------------------------------------------------------- files */

static int by_key(const void *a, const void *b) {
    return strcmp(((const tot_safetensors_entry *)a)->key, ((const tot_safetensors_entry *)b)->key);
}

/* save(path, { key = "value" }): keys are written in order, so that equal networks give equal files
 */
static int save(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const char *path = luaL_checkstring(L, 2);
    size_t count = 0;
    tot_error error;
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    for (lua_pushnil(L); lua_next(L, 3) != 0; lua_pop(L, 1), count++)
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            return luaL_error(L, "the metadata must be strings with names");
    tot_safetensors_entry *entries = lua_newuserdatauv(L, (count + 1) * sizeof *entries, 0);
    tot_safetensors_entry *next = entries;
    /* the strings are the table's, which stays on the stack */
    for (lua_pushnil(L); lua_next(L, 3) != 0; lua_pop(L, 1))
        *next++ = (tot_safetensors_entry){lua_tostring(L, -2), lua_tostring(L, -1)};
    qsort(entries, count, sizeof *entries, by_key);
    const tot_status status = tot_network_save(network, path, entries, count, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushboolean(L, 1);
    return 1;
}

static int load(lua_State *L) {
    tot_error error;
    const tot_status status = tot_network_load(check_network(L, 1), luaL_checkstring(L, 2), &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* A file while its metadata are copied to Lua: an object, because pushing strings may raise. */
#define FILE_CLASS "totality.Safetensors"

static int close_file(lua_State *L) {
    tot_safetensors **file = luaL_checkudata(L, 1, FILE_CLASS);
    tot_safetensors_free(*file);
    *file = NULL;
    return 0;
}

/* read_metadata(path) -> table of strings, or nil, message */
static int read_metadata(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    tot_safetensors **file = lua_newuserdatauv(L, sizeof *file, 0);
    tot_error error;
    *file = NULL;
    luaL_setmetatable(L, FILE_CLASS);
    const tot_status status = tot_safetensors_read(path, file, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    lua_newtable(L);
    for (size_t k = 0; k < (*file)->entry_count; k++) {
        lua_pushstring(L, (*file)->entries[k].value);
        lua_setfield(L, -2, (*file)->entries[k].key);
    }
    tot_safetensors_free(*file);
    *file = NULL;
    return 1;
}

/* ---------------------------------------------------------------------------------- */

static int to_string(lua_State *L) {
    const network_object *self = luaL_checkudata(L, 1, CLASS);
    if (self->network == NULL)
        lua_pushliteral(L, CLASS "(closed)");
    else
        lua_pushfstring(L, "%s(%I layers, %I parameters)", CLASS,
                        (lua_Integer)tot_network_layer_count(self->network),
                        (lua_Integer)tot_network_parameter_count(self->network));
    return 1;
}

static int adam_to_string(lua_State *L) {
    const tot_adam *self = check_adam(L, 1);
    lua_pushfstring(L, "%s(learning_rate %f, %I steps)", ADAM_CLASS, self->learning_rate,
                    (lua_Integer)self->step);
    return 1;
}

static const luaL_Reg methods[] = {{"initialize", initialize},
                                   {"parameter_count", parameter_count},
                                   {"parameters", parameters},
                                   {"set_parameters", set_parameters},
                                   {"kernel", kernel},
                                   {"layers", layers},
                                   {"predict", predict},
                                   {"logits", logits},
                                   {"train", train},
                                   {"save", save},
                                   {"load", load},
                                   {"close", close},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", close}, {"__close", close}, {"__tostring", to_string}, {NULL, NULL}};
static const luaL_Reg adam_methods[] = {
    {"set_learning_rate", set_learning_rate}, {"steps", steps}, {NULL, NULL}};
static const luaL_Reg adam_metamethods[] = {
    {"__gc", close_adam}, {"__tostring", adam_to_string}, {NULL, NULL}};
static const luaL_Reg file_methods[] = {{NULL, NULL}};
static const luaL_Reg file_metamethods[] = {{"__gc", close_file}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"network", create},
    {"kernels", kernels},
    {"adam", create_adam},
    {"read_metadata", read_metadata},
    {NULL, NULL}};

void totlua_open_network(lua_State *L) {
    totlua_new_class(L, CLASS, methods, metamethods);
    totlua_new_class(L, ADAM_CLASS, adam_methods, adam_metamethods);
    totlua_new_class(L, FILE_CLASS, file_methods, file_metamethods);
    luaL_setfuncs(L, functions, 0);
}
