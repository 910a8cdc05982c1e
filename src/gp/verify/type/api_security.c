/* SPDX-License-Identifier: Apache-2.0 */
/* What javacard.security and javacardx.crypto export, as tables: the classes that applets use. Station 4.
 * Pure. Tokens and types are those of the export files of Java Card 3.0.5 as public tools show them; an
 * export file that is given comes first, and a class that stands here in no row is not known, which is told
 * (CAP-38). [JCVM 4.3] */
#include "gp/verify/type/api.h"

#define KEY         "v0()V v1()S v2()B v3()Z"
#define KEY_TYPE    "Ljavacard/security/Key;"
#define PRIVATE_KEY "javacard/security/PrivateKey"
#define PUBLIC_KEY  "javacard/security/PublicKey"
#define SECRET_KEY  "javacard/security/SecretKey"
#define RSA         KEY " v4([BS)S v5([BS)S v6([BSS)V v7([BSS)V"
#define EC                                                                                       \
    KEY " v4([BSS)V v5(S)V v6(SSS)V v7([BSS)V v8([BSS)V v9([BSS)V v10([BSS)V v11(S)V v12([BS)S " \
        "v13([BS)S v14([BS)S v15([BS)S v16([BS)S v17()S v18([BSS)V v19([BS)S "                   \
        "v20(Ljavacard/security/ECKey;)V"
#define SIGNATURE                                                                                 \
    "v1()B v2()S v3(" KEY_TYPE "B)V v4(" KEY_TYPE "B[BSS)V v5([BSS[BS)S v6([BSS)V v7([BSS[BSS)Z " \
    "v8([BSS[BSS)V v9([BSS[BS)S v10([BSS[BSS)Z v11()B v12()B v13()B"
#define CIPHER "v1([BSS[BS)S v2()B v3(" KEY_TYPE "B)V v4(" KEY_TYPE "B[BSS)V v5([BSS[BS)S v6()B v7()B"

const struct api_row api_security[] = {
    {0, "i", "javacard/security/Key", "java/lang/Object", KEY},
    {2, "i", PRIVATE_KEY, "javacard/security/Key", KEY},
    {3, "i", PUBLIC_KEY, "javacard/security/Key", KEY},
    {4, "i", SECRET_KEY, "javacard/security/Key", KEY},
    {7, "i", "javacard/security/RSAPrivateCrtKey", PRIVATE_KEY,
     KEY
     " v4([BS)S v5([BS)S v6([BS)S v7([BS)S v8([BS)S v9([BSS)V v10([BSS)V v11([BSS)V v12([BSS)V v13([BSS)V"},
    {8, "i", "javacard/security/RSAPrivateKey", PRIVATE_KEY, RSA},
    {9, "i", "javacard/security/RSAPublicKey", PUBLIC_KEY, RSA},
    {10, "i", "javacard/security/DESKey", SECRET_KEY, KEY " v4([BS)B v5([BS)V"},
    {11, "a", "javacard/security/MessageDigest", "java/lang/Object",
     "s0(BZ)Ljavacard/security/MessageDigest; v1([BSS[BS)S v2()B v3()B v4()V v5([BSS)V"},
    {12, "", "javacard/security/CryptoException", "javacard/framework/CardRuntimeException",
     "c0(S)V s1(S)V v1()S v2(S)V"},
    {13, "", "javacard/security/KeyBuilder", "java/lang/Object",
     "s0(BSZ)" KEY_TYPE " s1(BBSZ)" KEY_TYPE " s2(BB" KEY_TYPE "Z)" KEY_TYPE},
    {14, "a", "javacard/security/RandomData", "java/lang/Object",
     "s0(B)Ljavacard/security/RandomData; v1([BSS)V v2([BSS)V v3([BSS)S v4()B"},
    {15, "a", "javacard/security/Signature", "java/lang/Object",
     "s0(BZ)Ljavacard/security/Signature; s2(BBBZ)Ljavacard/security/Signature; " SIGNATURE},
    {16, "f", "javacard/security/KeyPair", "java/lang/Object",
     "c0(BS)V c1(Ljavacard/security/PublicKey;Ljavacard/security/PrivateKey;)V v1()V "
     "v2()Ljavacard/security/PrivateKey; v3()Ljavacard/security/PublicKey;"},
    {17, "i", "javacard/security/ECKey", "java/lang/Object",
     "v0([BSS)V v1(S)V v2(SSS)V v3([BSS)V v4([BSS)V v5([BSS)V v6([BSS)V v7(S)V v8([BS)S v9([BS)S v10([BS)S "
     "v11([BS)S v12([BS)S v13()S v14(Ljavacard/security/ECKey;)V"},
    {18, "i", "javacard/security/ECPrivateKey", PRIVATE_KEY " javacard/security/ECKey", EC},
    {19, "i", "javacard/security/ECPublicKey", PUBLIC_KEY " javacard/security/ECKey", EC},
    {20, "i", "javacard/security/AESKey", SECRET_KEY, KEY " v4([BS)V v5([BS)B"},
    {21, "a", "javacard/security/Checksum", "java/lang/Object",
     "s0(BZ)Ljavacard/security/Checksum; v1([BSS)V v2()B v3([BSS[BS)S v4([BSS)V"},
    {22, "a", "javacard/security/KeyAgreement", "java/lang/Object",
     "s0(BZ)Ljavacard/security/KeyAgreement; v1(Ljavacard/security/PrivateKey;)V v2()B v3([BSS[BS)S"},
    {23, "i", "javacard/security/HMACKey", SECRET_KEY, KEY " v4([BSS)V v5([BS)B"},
    {0, NULL, NULL, NULL, NULL},
};

const struct api_row api_crypto[] = {
    {0, "i", "javacardx/crypto/KeyEncryption", "java/lang/Object",
     "v0()Ljavacardx/crypto/Cipher; v1(Ljavacardx/crypto/Cipher;)V"},
    {1, "a", "javacardx/crypto/Cipher", "java/lang/Object",
     "s0(BZ)Ljavacardx/crypto/Cipher; s2(BBZ)Ljavacardx/crypto/Cipher; " CIPHER},
    {0, NULL, NULL, NULL, NULL},
};
