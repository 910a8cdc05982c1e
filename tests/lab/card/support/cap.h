/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest load file the card's checks let pass: a header and an applet component (Java Card 2.2.2
 * VM 6.3, 6.5); data for tests. */
#ifndef TESTS_LAB_CARD_CAP_H
#define TESTS_LAB_CARD_CAP_H

#define APP_PACKAGE "F041505001"
#define APP_MODULE  "F04150500101"
#define APP         "F0415050010101"

/* tag, size; magic, CAP 2.1, flags, package 1.0, AID */
#define CAP_HEADER "01000FDECAFFED010204000105" APP_PACKAGE
/* tag, size; one applet, its AID, install method offset */
#define CAP_APPLET "03000A0106" APP_MODULE "0010"
#define CAP        CAP_HEADER CAP_APPLET
#define CAP_LEN    "1F"
#define LOAD_FILE  "C4" CAP_LEN CAP
#define LOAD_LEN   "21"

#endif
