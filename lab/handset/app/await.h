/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual reader's side of vpcd: an element dials in. Edge (station 9). */
#ifndef LAB_HANDSET_APP_AWAIT_H
#define LAB_HANDSET_APP_AWAIT_H

/* Listens on "HOST:PORT" until an element connects, and says so on standard error. Returns its socket, or -1
 * when none came in time or the address is not this machine's. */
int await_element(const char *host_port, int ms);

#endif
