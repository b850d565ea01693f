#include "nn/weights.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

tot_status tot_network_save(tot_network *network, const char *path, const tot_safetensor *extra,
                            size_t extra_count, const tot_safetensors_entry *metadata, size_t count,
                            tot_error *error) {
    const size_t tensor_count = tot_network_tensor_count(network);
    tot_parameter *parameters = tot_allocate(tensor_count, sizeof *parameters);
    tot_safetensor *tensors = tot_allocate(tensor_count + extra_count, sizeof *tensors);
    tot_status status = TOT_ERROR_MEMORY;
    if (parameters == NULL || tensors == NULL) {
        tot_fail(error, status, "%s: not enough memory", path);
        goto done;
    }
    for (size_t k = 0; k < tensor_count; k++) {
        parameters[k] = tot_network_tensor(network, k);
        tensors[k].name = parameters[k].name;
        tensors[k].rank = parameters[k].rank;
        memcpy(tensors[k].shape, parameters[k].shape, sizeof parameters[k].shape);
        tensors[k].data = tot_network_parameters(network) + parameters[k].offset;
    }
    if (extra_count > 0)
        memcpy(tensors + tensor_count, extra, extra_count * sizeof *extra);
    status =
        tot_safetensors_write(path, tensors, tensor_count + extra_count, metadata, count, error);
done:
    tot_free(parameters);
    tot_free(tensors);
    return status;
}

/* "[64, 32, 3, 3]" */
static const char *show_shape(char *buffer, size_t size, const size_t *shape, size_t rank) {
    size_t length = (size_t)snprintf(buffer, size, "[");
    for (size_t k = 0; k < rank && length < size; k++)
        length +=
            (size_t)snprintf(buffer + length, size - length, k == 0 ? "%zu" : ", %zu", shape[k]);
    if (length < size)
        snprintf(buffer + length, size - length, "]");
    return buffer;
}

static tot_status check(const tot_parameter *wanted, const tot_safetensor *found, const char *path,
                        tot_error *error) {
    char is[96], should[96];
    if (found == NULL)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s: these weights belong to another network: tensor '%s' is missing", path,
                        wanted->name);
    if (found->rank == wanted->rank &&
        memcmp(found->shape, wanted->shape, wanted->rank * sizeof *wanted->shape) == 0)
        return TOT_OK;
    return tot_fail(error, TOT_ERROR_FORMAT,
                    "%s: these weights belong to another network: tensor '%s' has shape %s, %s was "
                    "expected",
                    path, wanted->name, show_shape(is, sizeof is, found->shape, found->rank),
                    show_shape(should, sizeof should, wanted->shape, wanted->rank));
}

tot_status tot_network_assign(tot_network *network, const tot_safetensors *file, const char *path,
                              tot_error *error) {
    const size_t count = tot_network_tensor_count(network);
    for (size_t k = 0; k < count; k++) {
        const tot_parameter wanted = tot_network_tensor(network, k);
        const tot_status status =
            check(&wanted, tot_safetensors_find(file, wanted.name), path, error);
        if (status != TOT_OK)
            return status;
    }
    size_t others = 0;
    for (size_t k = 0; k < file->tensor_count; k++)
        others +=
            strncmp(file->tensors[k].name, TOT_TRAINING_PREFIX, strlen(TOT_TRAINING_PREFIX)) != 0;
    if (others != count)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s: these weights belong to another network: %zu tensors, %zu were "
                        "expected",
                        path, others, count);
    for (size_t k = 0; k < count; k++) {
        const tot_parameter to = tot_network_tensor(network, k);
        memcpy(tot_network_change_parameters(network) + to.offset,
               tot_safetensors_find(file, to.name)->data, to.count * sizeof(float));
    }
    return TOT_OK;
}

tot_status tot_network_load(tot_network *network, const char *path, tot_error *error) {
    tot_safetensors *file;
    tot_status status = tot_safetensors_read(path, &file, error);
    if (status == TOT_OK)
        status = tot_network_assign(network, file, path, error);
    tot_safetensors_free(file);
    return status;
}
