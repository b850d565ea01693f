#include "nn/layer.h"

const tot_layer_class *tot_layer_class_of(tot_layer_kind kind) {
    switch (kind) {
    case TOT_LAYER_CONV2D:
        return &tot_conv2d_class;
    case TOT_LAYER_MAX_POOL2D:
        return &tot_max_pool2d_class;
    case TOT_LAYER_FLATTEN:
        return &tot_flatten_class;
    case TOT_LAYER_DENSE:
        return &tot_dense_class;
    case TOT_LAYER_DROPOUT:
        return &tot_dropout_class;
    case TOT_LAYER_ACTIVATION:
        return &tot_activation_class;
    case TOT_LAYER_GLOBAL_AVERAGE_POOLING2D:
        return &tot_global_average_pooling2d_class;
    case TOT_LAYER_BATCH_NORMALIZATION:
        return &tot_batch_normalization_class;
    case TOT_LAYER_KINDS:
        break;
    }
    return NULL;
}
