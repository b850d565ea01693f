--- What `totality.NAME` is: the module that holds it and the field there (none: the module itself). Each is
-- loaded when it is first asked for.

return {
   callbacks = { "totality.callbacks" },
   classifier = { "totality.classifier", "new" },
   contact = { "totality.system", "contact" },
   curve = { "totality.curve", "new" },
   dataset = { "totality.dataset", "new" },
   detached = { "totality.system", "detached" },
   layers = { "totality.layers" },
   load_model = { "totality.model", "load_model" },
   metrics = { "totality.metrics" },
   models = { "totality.models" },
   optimizers = { "totality.optimizers" },
   passbands = { "totality.passbands" },
   plot = { "totality.plot" },
   population = { "totality.population" },
   radius_ratio = { "totality.system", "radius_ratio" },
   read = { "totality.readers", "read" },
   read_catalogue = { "totality.catalogue", "read" },
   schedules = { "totality.schedules" },
   semi_detached = { "totality.system", "semi_detached" },
   sequential = { "totality.model", "sequential" },
   survey = { "totality.survey", "new" },
   surveys = { "totality.surveys" },
   synthetic = { "totality.synthetic", "new" },
}
