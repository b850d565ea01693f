/* A network's parameters in a safetensors file, under the names of tot_network_tensor. */
#ifndef TOT_NN_WEIGHTS_H
#define TOT_NN_WEIGHTS_H

#include "base/status.h"
#include "io/safetensors.h"
#include "nn/network.h"

/* Names of arrays in a network's file that are none of its parameters: the state of a training. */
#define TOT_TRAINING_PREFIX "training."

/* `extra` are arrays besides, whose names begin with TOT_TRAINING_PREFIX; may be NULL for none. */
tot_status tot_network_save(tot_network *network, const char *path, const tot_safetensor *extra,
                            size_t extra_count, const tot_safetensors_entry *metadata, size_t count,
                            tot_error *error);

/* Copies the file's arrays to the network; it must have exactly the network's names and shapes,
 * those of a training apart, or the network stays as it is. */
tot_status tot_network_load(tot_network *network, const char *path, tot_error *error);

/* The same for a file that was read already; `path` is for the messages. */
tot_status tot_network_assign(tot_network *network, const tot_safetensors *file, const char *path,
                              tot_error *error);

#endif
