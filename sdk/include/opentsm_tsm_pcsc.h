/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readers of a desk as an APDU transport of the TSM-API: libopentsm-sdk-pcsc, beside libopentsm-sdk.
 * Edge. [PC/SC Workgroup Part 5, ISO 7816-3 12]
 *
 * A library of its own: an app on a phone takes the Open Mobile API and needs no libpcsclite. Each channel
 * has the card to itself (a transaction) from open to close, and the card is reset when the channel is
 * closed.
 */
#ifndef OPENTSM_TSM_PCSC_H
#define OPENTSM_TSM_PCSC_H

#include <opentsm_tsm_api.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tsm_api_pcsc;

/*
 * The readers whose names have `which` in them; NULL or "": all. pcscd is asked whenever readers are wanted:
 * it may start later, and readers and cards may come and go. NULL when memory is exhausted or `which` is
 * longer than TSM_API_MAX_NAME characters. Owned by the caller, and must live as long as the clients that
 * have its transport.
 */
struct tsm_api_pcsc *tsm_api_pcsc_new(const char *which);
/* All its channels are closed before. NULL is legal. */
void tsm_api_pcsc_free(struct tsm_api_pcsc *p);

/*
 * Readers without a card are none. A reader is called what PC/SC calls it, of a name that is longer than
 * TSM_API_MAX_NAME characters the end: what tells two readers of a kind apart stands there. Another program
 * that holds the card is TSM_API_ACCESS_NO_CHANNEL, a card that does not answer TSM_API_ACCESS_DENIED.
 * T=0 and T=1; what a T=0 card keeps back is fetched by the library.
 */
struct tsm_api_transport tsm_api_pcsc_transport(struct tsm_api_pcsc *p);

#ifdef __cplusplus
}
#endif

#endif
