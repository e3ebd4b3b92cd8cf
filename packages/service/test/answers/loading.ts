// It never ends to load.
for (;;);
