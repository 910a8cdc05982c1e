/* SPDX-License-Identifier: Apache-2.0 */
/* One TCP connection that carries SMPP PDUs: frames what comes in, queues what goes out. Edge (station 9).
 * [SMPP 3.4 2.1, 3.2] */
#ifndef LAB_SMSC_SMPP_LINK_H
#define LAB_SMSC_SMPP_LINK_H

#include "smsc/smpp/loop.h"

enum {
    LINK_MAX_PDU = 72 * 1024, /* message_payload may fill 64 KiB; the rest is header and other fields */
    LINK_MAX_BACKLOG = 4 * 1024 * 1024 /* a peer that reads nothing is cut off past this */
};

struct smpp_link {
    struct loop *loop;
    struct watch watch;
    void *owner;
    /* A whole PDU of at least 16 octets arrived. The link may be closed inside, freed only in on_closed. */
    void (*on_pdu)(struct smpp_link *link, const uint8_t *pdu, size_t len);
    /* command_length was unacceptable; the link closes after what this sends has left. */
    void (*on_bad_length)(struct smpp_link *link, const uint8_t *head);
    /* Called once, from the loop, after the socket is gone; the owner may free the link here. */
    void (*on_closed)(struct smpp_link *link);
    void (*on_connected)(struct smpp_link *link); /* clients only */
    uint8_t *in, *out;
    size_t in_len, in_room, out_len, out_sent, out_room;
    bool connecting, closing, dead;
    struct timer reaper;
};

/* Takes over a connected (or, with `connecting`, a still connecting) non-blocking socket. The callbacks and
 * `loop` must be set before. False: the loop refused the socket, which is closed. */
bool link_open(struct smpp_link *l, int fd, bool connecting);
/* Queues a PDU; dropped silently once the link is closing. */
void link_send(struct smpp_link *l, const uint8_t *pdu, size_t len);
/* Closes at once; on_closed follows from the loop. */
void link_abort(struct smpp_link *l);
/* Closes when all that was queued has left. */
void link_finish(struct smpp_link *l);

/* Loopback helpers: a listening socket (port 0: any; the port is returned through it), or -1; a client socket
 * for "HOST:PORT" (HOST a dotted address or localhost), already connecting, or -1. */
int socket_listen(uint16_t *port);
int socket_connect(const char *host_port);
int socket_accept(int listener);

#endif
