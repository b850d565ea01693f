/* Preloaded under the sanitizers: modules stay mapped, so that reports at exit can name them. */
int dlclose(void *handle);

int dlclose(void *handle) {
    (void)handle;
    return 0;
}
