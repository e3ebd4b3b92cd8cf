// The module that the shared kernel's worker runs in the page.
import "@ringzero/container/browser-worker";
