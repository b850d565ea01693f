--- A model as an ONNX file (onnx.ai), for runtimes in other languages: the messages of onnx.proto, of opset 13.

local protobuf = require "totality.protobuf"

local integer, float, bytes = protobuf.integer, protobuf.float, protobuf.bytes

local onnx = {}

local IR_VERSION, OPSET = 7, 13
local FLOAT = 1 -- TensorProto.DataType

-- AttributeProto: name 1, f 2, i 3, ints 8, type 20 (1 float, 2 integer, 7 integers)
local function attribute(name, value)
   local message = bytes(1, name)
   if type(value) == "table" then
      for _, item in ipairs(value) do message = message .. integer(8, item) end
      return message .. integer(20, 7)
   elseif math.type(value) == "integer" then
      return message .. integer(3, value) .. integer(20, 2)
   end
   return message .. float(2, value) .. integer(20, 1)
end

-- NodeProto: input 1, output 2, name 3, op_type 4, attribute 5
local function node(operator, name, inputs, output, attributes)
   local parts = {}
   for _, input in ipairs(inputs) do parts[#parts + 1] = bytes(1, input) end
   parts[#parts + 1] = bytes(2, output) .. bytes(3, name) .. bytes(4, operator)
   for _, pair in ipairs(attributes or {}) do parts[#parts + 1] = bytes(5, attribute(pair[1], pair[2])) end
   return table.concat(parts)
end

-- TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little endian)
local function tensor(name, values)
   local parts, numbers = {}, values:to_table()
   for k, value in ipairs(numbers) do parts[k] = string.pack("<f", value) end
   local message = ""
   for _, dimension in ipairs { values:shape() } do message = message .. integer(1, dimension) end
   return message .. integer(2, FLOAT) .. bytes(8, name) .. bytes(9, table.concat(parts))
end

-- ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1, dim_param 2 } } } };
-- the first dimension, that of the images, is free
local function value_info(name, dimensions)
   local shape = bytes(1, bytes(2, "n"))
   for _, dimension in ipairs(dimensions) do shape = shape .. bytes(1, integer(1, dimension)) end
   return bytes(1, name) .. bytes(2, bytes(1, integer(1, FLOAT) .. bytes(2, shape)))
end

local ACTIVATIONS = { relu = "Relu", sigmoid = "Sigmoid", tanh = "Tanh", softmax = "Softmax" }

-- What each kind of layer becomes: a function that adds nodes to a graph and returns the name of its result.
local writers = {}

local function array_names(layer, ...)
   local names = {}
   for k, suffix in ipairs { ... } do names[k] = layer.name .. "." .. suffix end
   return table.unpack(names)
end

local function activate(graph, layer, from)
   local operator = ACTIVATIONS[layer.activation]
   if not operator then return from end
   return graph:add(operator, layer.name .. "/" .. layer.activation, { from },
      operator == "Softmax" and { { "axis", 1 } } or nil)
end

function writers.conv2d(graph, layer, from)
   return activate(graph, layer, graph:add("Conv", layer.name, { from, array_names(layer, "weight", "bias") },
      { { "kernel_shape", { 3, 3 } }, { "pads", { 1, 1, 1, 1 } } }))
end

function writers.dense(graph, layer, from)
   return activate(graph, layer, graph:add("Gemm", layer.name, { from, array_names(layer, "weight", "bias") },
      { { "transB", 1 } }))
end

function writers.max_pooling2d(graph, layer, from)
   return graph:add("MaxPool", layer.name, { from }, { { "kernel_shape", { 2, 2 } }, { "strides", { 2, 2 } } })
end

function writers.global_average_pooling2d(graph, layer, from)
   return graph:add("Flatten", layer.name .. "/flatten", { graph:add("GlobalAveragePool", layer.name, { from }) })
end

function writers.flatten(graph, layer, from) return graph:add("Flatten", layer.name, { from }) end

function writers.batch_normalization(graph, layer, from)
   return graph:add("BatchNormalization", layer.name,
      { from, array_names(layer, "gamma", "beta", "moving_mean", "moving_variance") },
      { { "epsilon", layer.epsilon } })
end

function writers.activation(graph, layer, from) return activate(graph, layer, from) end

-- Nothing happens outside training.
function writers.dropout(_, _, from) return from end

local Graph = {}
Graph.__index = Graph

-- The result of a node has its name.
function Graph:add(operator, name, inputs, attributes)
   self.nodes[#self.nodes + 1] = { operator, name, inputs, name, attributes }
   return name
end

local function sorted(map)
   local names = {}
   for name in pairs(map) do names[#names + 1] = name end
   table.sort(names)
   return names
end

--- The bytes of a ModelProto. `given` has name, channels, height, width, layers (descriptions with
-- the names of the network's layers and their kind, activation, epsilon), tensors (pairs of name and Tensor, as
-- network:tensors()), outputs, metadata (strings by name).
---@param given table
---@return string
function onnx.model(given)
   local graph = setmetatable({ nodes = {} }, Graph)
   local last = "image"
   for _, layer in ipairs(given.layers) do last = writers[layer.kind](graph, layer, last) end
   graph.nodes[#graph.nodes][4] = "probability"
   -- GraphProto: node 1, name 2, initializer 5, input 11, output 12
   local parts = {}
   for k, fields in ipairs(graph.nodes) do parts[k] = bytes(1, node(table.unpack(fields, 1, 5))) end
   parts[#parts + 1] = bytes(2, given.name)
   for _, entry in ipairs(given.tensors) do parts[#parts + 1] = bytes(5, tensor(entry[1], entry[2])) end
   parts[#parts + 1] = bytes(11, value_info("image", { given.channels, given.height, given.width }))
   parts[#parts + 1] = bytes(12, value_info("probability", { given.outputs }))
   -- ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8 { version 2 },
   -- metadata_props 14 { key 1, value 2 }
   local model = { integer(1, IR_VERSION), bytes(2, "totality"), bytes(7, table.concat(parts)),
      bytes(8, integer(2, OPSET)) }
   for _, name in ipairs(sorted(given.metadata)) do
      model[#model + 1] = bytes(14, bytes(1, name) .. bytes(2, given.metadata[name]))
   end
   return table.concat(model)
end

return onnx
