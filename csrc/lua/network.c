/* totality.Network: the plan, the parameters and the working memory of a network. */
#include "lua/binding.h"

#include <stdint.h>
#include <string.h>

#include "lua/optimizer.h"
#include "lua/safetensors.h"
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

static const char *const kind_names[] = {"conv2d",
                                         "max_pooling2d",
                                         "flatten",
                                         "dense",
                                         "dropout",
                                         "activation",
                                         "global_average_pooling2d",
                                         "batch_normalization",
                                         NULL};
static const char *const activation_names[] = {"linear", "relu",    "sigmoid",
                                               "tanh",   "softmax", NULL};

static double optional_number(lua_State *L, int table, const char *name) {
    lua_getfield(L, table, name);
    const double value = luaL_optnumber(L, -1, 0.0);
    lua_pop(L, 1);
    return value;
}

/* The layer described by the table on top of the stack, by the names of tot_layer_spec. */
static tot_layer_spec check_spec(lua_State *L) {
    tot_layer_spec spec = {.kind = 0};
    const int table = lua_gettop(L);
    luaL_checktype(L, table, LUA_TTABLE);
    lua_getfield(L, table, "kind");
    spec.kind = (tot_layer_kind)luaL_checkoption(L, -1, NULL, kind_names);
    lua_getfield(L, table, "activation");
    spec.activation = (tot_activation)luaL_checkoption(L, -1, "linear", activation_names);
    lua_getfield(L, table, "units");
    spec.units = lua_isnil(L, -1) ? 0 : totlua_check_size(L, lua_gettop(L));
    spec.rate = optional_number(L, table, "rate");
    spec.l2 = optional_number(L, table, "l2");
    spec.epsilon = optional_number(L, table, "epsilon");
    lua_settop(L, table);
    return spec;
}

/* network(channels, height, width, { { kind =, units =, activation =, rate =, l2 = }, ... }
 * [, kernel]) */
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
    const tot_status status =
        tot_network_create(input, specs, count, kernel, &self->network, &error);
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

/* tensors() -> the parameter arrays in order, as a list of { name, Tensor }: copies */
static int tensors(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const size_t count = tot_network_tensor_count(network);
    lua_createtable(L, (int)count, 0);
    for (size_t k = 0; k < count; k++) {
        const tot_parameter from = tot_network_tensor(network, k);
        lua_createtable(L, 2, 0);
        lua_pushstring(L, from.name);
        lua_rawseti(L, -2, 1);
        totlua_tensor *copy = totlua_new_tensor(L, from.rank, from.shape);
        memcpy(copy->data, tot_network_parameters(network) + from.offset,
               from.count * sizeof(float));
        lua_rawseti(L, -2, 2);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
    return 1;
}

/* set_tensor(number in tensors(), Tensor of as many numbers) */
static int set_tensor(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const size_t index = totlua_check_size(L, 2);
    const totlua_tensor *values = totlua_check_tensor(L, 3);
    luaL_argcheck(L, index >= 1 && index <= tot_network_tensor_count(network), 2, "no such array");
    const tot_parameter to = tot_network_tensor(network, index - 1);
    luaL_argcheck(L, values->count == to.count, 3, "a tensor of another size");
    memcpy(tot_network_change_parameters(network) + to.offset, values->data,
           to.count * sizeof(float));
    return 0;
}

/* The name of the kernel that computes the convolutions. */
static int kernel(lua_State *L) {
    lua_pushstring(L, tot_network_kernel(check_network(L, 1)));
    return 1;
}

static const char *const precision_names[] = {"fp32", "bf16", NULL};

/* set_precision(precision [, kernel]) */
static int set_precision(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const tot_precision precision = (tot_precision)luaL_checkoption(L, 2, NULL, precision_names);
    tot_error error;
    const tot_status status =
        tot_network_set_precision(network, precision, luaL_optstring(L, 3, NULL), &error);
    return status == TOT_OK ? 0 : totlua_failure(L, status, &error);
}

/* kernels([precision]) -> list of the names that network() and set_precision() accept here, best
 * first */
static int kernels(lua_State *L) {
    const tot_precision precision = (tot_precision)luaL_checkoption(L, 1, "fp32", precision_names);
    const tot_conv_kernel *each;
    lua_Integer count = 0;
    lua_newtable(L);
    for (size_t k = 0; (each = tot_conv_kernel_at(precision, k)) != NULL; k++) {
        lua_pushstring(L, each->name);
        lua_rawseti(L, -2, ++count);
    }
    if (precision == TOT_FP32) {
        lua_pushliteral(L, TOT_PORTABLE_KERNEL);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static void set_size(lua_State *L, const char *name, size_t value) {
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

/* set_trainable(layer number, yes) */
static int set_trainable(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const size_t index = totlua_check_size(L, 2);
    luaL_argcheck(L, index >= 1 && index <= tot_network_layer_count(network), 2, "no such layer");
    tot_network_set_trainable(network, index - 1, lua_toboolean(L, 3));
    return 0;
}

/* A list of { name =, class =, flat =, channels =, height =, width =, parameters =, state =,
 * trainable = }.
 */
static int layers(lua_State *L) {
    const tot_network *network = check_network(L, 1);
    const size_t count = tot_network_layer_count(network);
    lua_createtable(L, (int)count, 0);
    for (size_t k = 0; k < count; k++) {
        const tot_layer *layer = tot_network_layer(network, k);
        char name[TOT_NAME_SIZE];
        tot_network_layer_name(network, k, name);
        lua_createtable(L, 0, 9);
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
        set_size(L, "state", layer->state_count);
        lua_pushboolean(L, layer->trainable);
        lua_setfield(L, -2, "trainable");
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

/* Labels [count], or for a network of several outputs [count][outputs]; there, [count] are classes
 * 0 ... outputs - 1, and a tensor of probabilities is pushed for them. */
static const float *check_labels(lua_State *L, int index, size_t count, size_t outputs) {
    if (lua_isnoneornil(L, index) || outputs == 1)
        return check_per_image(L, index, "labels", count);
    const totlua_tensor *values = totlua_check_tensor(L, index);
    if (values->rank == 2 && values->shape[0] == count && values->shape[1] == outputs)
        return values->data;
    const float *classes = check_per_image(L, index, "labels", count);
    totlua_tensor *one_hot = totlua_new_tensor(L, 2, (size_t[]){count, outputs});
    for (size_t n = 0; n < count; n++) {
        const float class = classes[n];
        if (!(class >= 0.0f && class < (float)outputs && class == (float)(size_t) class))
            luaL_error(L, "label %I is %f, a class from 0 to %I was expected", (lua_Integer)n + 1,
                       (double)class, (lua_Integer)outputs - 1);
        one_hot->data[n * outputs + (size_t) class] = 1.0f;
    }
    return one_hot->data;
}

/* The arguments images, labels and weights, beginning with `images`, and the label smoothing. May
 * push a value, which must stay as long as the batch is used. */
static tot_batch check_batch(lua_State *L, int images, const tot_network *network) {
    const totlua_tensor *tensor = check_images(L, images, network);
    const size_t count = tensor->shape[0];
    return (tot_batch){
        count, tensor->data, check_labels(L, images + 1, count, tot_network_outputs(network)),
        check_per_image(L, images + 2, "weights", count), luaL_optnumber(L, images + 3, 0.0)};
}

/* [count], or [count][outputs] */
static totlua_tensor *new_logits(lua_State *L, const tot_network *network, size_t count) {
    const size_t outputs = tot_network_outputs(network);
    return totlua_new_tensor(L, outputs == 1 ? 1 : 2, (size_t[]){count, outputs});
}

static void to_probabilities(totlua_tensor *logits, size_t outputs) {
    for (size_t k = 0; k < logits->count; k += outputs)
        if (outputs == 1)
            logits->data[k] = (float)tot_sigmoid((double)logits->data[k]);
        else
            tot_softmax(logits->data + k, outputs, logits->data + k);
}

static int run_predict(lua_State *L, int probabilities) {
    tot_network *network = check_network(L, 1);
    const size_t threads = totlua_check_size(L, 2);
    lua_settop(L, 6);
    const tot_batch batch = check_batch(L, 3, network);
    totlua_tensor *result = new_logits(L, network, batch.count);
    tot_error error;
    double loss = 0.0;
    const tot_status status =
        tot_network_predict(network, &batch, threads, result->data, &loss, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    if (probabilities)
        to_probabilities(result, tot_network_outputs(network));
    if (batch.labels == NULL)
        return 1;
    lua_pushnumber(L, loss);
    return 2;
}

/* predict(threads, images [, labels [, weights [, label smoothing]]]) -> probabilities [, mean
 * loss] */
static int predict(lua_State *L) {
    return run_predict(L, 1);
}

/* The same before the sigmoid or softmax. */
static int logits(lua_State *L) {
    return run_predict(L, 0);
}

/* train(optimizer, threads, seed, number of the first sample, images, labels, weights, label
 * smoothing) -> mean loss, probabilities */
static int train(lua_State *L) {
    tot_network *network = check_network(L, 1);
    tot_optimizer *optimizer = totlua_check_optimizer(L, 2);
    const tot_run run = {totlua_check_size(L, 3), (uint64_t)luaL_checkinteger(L, 4),
                         (uint64_t)luaL_checkinteger(L, 5)};
    lua_settop(L, 9);
    const tot_batch batch = check_batch(L, 6, network);
    totlua_tensor *result = new_logits(L, network, batch.count);
    tot_error error;
    double loss = 0.0;
    const tot_status status =
        tot_network_train(network, optimizer, &batch, run, result->data, &loss, &error);
    if (status != TOT_OK)
        return totlua_failure(L, status, &error);
    to_probabilities(result, tot_network_outputs(network));
    lua_pushnumber(L, loss);
    lua_insert(L, -2);
    return 2;
}

/* ---------------------------------------------------------------------------- files */

/* save(path, { key = "value" }, { name = tensor }): weights, metadata, and tensors besides */
static int save(lua_State *L) {
    tot_network *network = check_network(L, 1);
    const char *path = luaL_checkstring(L, 2);
    size_t entry_count, extra_count;
    tot_error error;
    lua_settop(L, 4);
    const tot_safetensors_entry *entries = totlua_check_entries(L, 3, &entry_count);
    const tot_safetensor *extra = totlua_check_tensors(L, 4, &extra_count);
    const tot_status status =
        tot_network_save(network, path, extra, extra_count, entries, entry_count, &error);
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

static const luaL_Reg methods[] = {{"initialize", initialize},
                                   {"set_precision", set_precision},
                                   {"parameter_count", parameter_count},
                                   {"parameters", parameters},
                                   {"set_parameters", set_parameters},
                                   {"kernel", kernel},
                                   {"layers", layers},
                                   {"set_trainable", set_trainable},
                                   {"tensors", tensors},
                                   {"set_tensor", set_tensor},
                                   {"predict", predict},
                                   {"logits", logits},
                                   {"train", train},
                                   {"save", save},
                                   {"load", load},
                                   {"close", close},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", close}, {"__close", close}, {"__tostring", to_string}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"network", create}, {"kernels", kernels}, {NULL, NULL}};

void totlua_open_network(lua_State *L) {
    totlua_new_class(L, CLASS, methods, metamethods);
    luaL_setfuncs(L, functions, 0);
}
