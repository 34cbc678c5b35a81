//! What a computer that wants to be trusted makes for one phone: a key of its own, a certificate for itself and one for
//! the phone. The key stays here: only the certificates are sent.

use super::HostNames;
use crate::PhoneError;
use plist::{Dictionary, Value};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::sha2::Sha256;
use rsa::{RsaPrivateKey, RsaPublicKey};
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::der::EncodePem;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

/// As long as others' records.
const VALID: Duration = Duration::from_secs(10 * 365 * 86_400);
/// The two clocks need not agree.
const CLOCK_SKEW: Duration = Duration::from_secs(2 * 86_400);
const KEY_BITS: usize = 2048;

/// The two sides of a pairing before the phone has agreed to it. Certificates and key are PEM.
pub(crate) struct Credentials {
    names: HostNames,
    wifi_address: String,
    device_certificate: Vec<u8>,
    /// Root and host in one: it certifies itself and the phone.
    host_certificate: Vec<u8>,
    private_key: Vec<u8>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Makes a new key and both certificates; takes a good part of a second. `Nonsense` when the phone's key (PKCS#1, PEM)
    /// is none.
    pub(super) fn make(names: HostNames, device_key: &[u8], wifi_address: String) -> Result<Self, PhoneError> {
        let device_key = std::str::from_utf8(device_key).ok().and_then(|pem| RsaPublicKey::from_pkcs1_pem(pem).ok());
        let device_key = device_key.ok_or_else(|| PhoneError::nonsense("a public key that is none"))?;
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, KEY_BITS).map_err(refused)?;
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(refused)?;
        let signer = SigningKey::<Sha256>::new(key.clone());
        Ok(Self {
            names,
            wifi_address,
            device_certificate: certificate(&signer, device_key, Name::from_str("CN=Device").map_err(refused)?)?,
            host_certificate: certificate(&signer, key.to_public_key(), Name::default())?,
            private_key: pem.as_bytes().to_vec(),
        })
    }

    /// The part that is sent.
    pub(super) fn for_the_phone(&self) -> Dictionary {
        let host = || Value::Data(self.host_certificate.clone());
        let parts = [
            ("DeviceCertificate", Value::Data(self.device_certificate.clone())),
            ("HostCertificate", host()),
            ("RootCertificate", host()),
            ("HostID", self.names.host_id.as_str().into()),
            ("SystemBUID", self.names.buid.as_str().into()),
        ];
        parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The record for the mux to keep, as all its clients read it (XML), with what the phone gave for it.
    pub(super) fn to_keep(&self, escrow_bag: Option<Value>) -> Result<Vec<u8>, PhoneError> {
        let mut record = self.for_the_phone();
        let key = || Value::Data(self.private_key.clone());
        let parts = [
            ("HostPrivateKey", key()),
            ("RootPrivateKey", key()),
            ("WiFiMACAddress", self.wifi_address.as_str().into()),
            ("UDID", self.names.udid.as_str().into()),
        ];
        let escrow_bag = escrow_bag.filter(|bag| bag.as_data().is_some()).map(|bag| ("EscrowBag", bag));
        record.extend(parts.into_iter().chain(escrow_bag).map(|(name, value)| (name.to_owned(), value)));
        let mut bytes = Vec::new();
        Value::Dictionary(record).to_writer_xml(&mut bytes).map_err(refused)?;
        Ok(bytes)
    }
}

/// Certifies a key. The shape is one that phones are known to take: self-signed by looks, serial number 1.
fn certificate(signer: &SigningKey<Sha256>, key: RsaPublicKey, name: Name) -> Result<Vec<u8>, PhoneError> {
    let now = SystemTime::now();
    let validity = Validity {
        not_before: Time::try_from(now - CLOCK_SKEW).map_err(refused)?,
        not_after: Time::try_from(now + VALID).map_err(refused)?,
    };
    let serial = SerialNumber::new(&[1]).map_err(refused)?;
    let key = SubjectPublicKeyInfoOwned::from_key(key).map_err(refused)?;
    let builder = CertificateBuilder::new(Profile::Root, serial, validity, name, key, signer).map_err(refused)?;
    let certificate = builder.build().map_err(refused)?;
    Ok(certificate.to_pem(LineEnding::LF).map_err(refused)?.into_bytes())
}

/// None of this fails for a reason a user could cure.
fn refused(error: impl fmt::Display) -> PhoneError {
    PhoneError::System(format!("keys for a phone could not be made: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE_KEY: &str = include_str!("../../../../tests/iphone-sim/keys/test-device-public.pem");

    fn made() -> Credentials {
        let names = HostNames { host_id: "H".into(), buid: "B".into(), udid: "U".into() };
        Credentials::make(names, DEVICE_KEY.as_bytes(), "aa:bb".into()).unwrap()
    }

    #[test]
    fn the_private_key_is_kept_and_never_sent() {
        let credentials = made();
        let sent = format!("{:?}", credentials.for_the_phone());
        assert!(sent.contains("HostCertificate") && !sent.contains("Private"), "{sent}");
        let kept = credentials.to_keep(Some(Value::Data(vec![7; 4]))).unwrap();
        let record = idevice::pairing_file::PairingFile::from_bytes(&kept).unwrap();
        assert_eq!(
            (record.host_id.as_str(), record.system_buid.as_str(), record.udid.as_deref()),
            ("H", "B", Some("U"))
        );
        assert_eq!((record.escrow_bag, record.wifi_mac_address.as_str()), (Some(vec![7; 4]), "aa:bb"));
        assert!(record.host_private_key.starts_with(b"-----BEGIN PRIVATE KEY-----"));
        assert!(!format!("{credentials:?}").contains("PRIVATE"));
    }

    #[test]
    fn a_key_that_is_none_is_nonsense() {
        for bad in ["", "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n", "\u{fffd}"] {
            let names = HostNames { host_id: "H".into(), buid: "B".into(), udid: "U".into() };
            let made = Credentials::make(names, bad.as_bytes(), String::new());
            assert!(matches!(made, Err(PhoneError::Nonsense(_))), "{bad}");
        }
    }
}
