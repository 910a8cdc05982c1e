/* SPDX-License-Identifier: Apache-2.0 */
/* The card on a TCP connection in vpcd framing, as server or as client of a virtual reader (station 9, the
 * card's side); edge; framing of the vsmartcard virtual reader: u16 length, then bytes. */
#ifndef LAB_CARD_TCP_H
#define LAB_CARD_TCP_H

#include "card/card.h"

/* Listens on 127.0.0.1, prints "listening 127.0.0.1:PORT" and serves one client after another. Returns only
 * on error. */
int tcp_listen(struct card *c, uint16_t port);
/* Connects to a virtual reader and serves it until it goes away. Returns the exit status. */
int tcp_vpcd(struct card *c, const char *host, const char *port);

#endif
