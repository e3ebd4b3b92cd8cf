// The module that a virtual machine's worker runs in the page.
import "@ringzero/hypervisor/browser-worker";
