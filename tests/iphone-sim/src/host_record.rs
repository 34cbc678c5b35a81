//! What a phone remembers of a computer it trusts.

use plist::{Dictionary, Value};
use rustls::pki_types::{CertificateDer, pem::PemObject};

/// One trusted host, as its `Pair` request described it. Certificates are DER.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HostRecord {
    pub(crate) host_id: String,
    pub(crate) device_certificate: Vec<u8>,
    pub(crate) host_certificate: Vec<u8>,
    pub(crate) root_certificate: Vec<u8>,
}

const CERTIFICATES: [&str; 3] = ["DeviceCertificate", "HostCertificate", "RootCertificate"];

impl HostRecord {
    /// Reads a `PairRecord` dictionary; `None` if a part is missing or no certificate. Certificates come as PEM in data.
    pub(crate) fn read(record: &Dictionary) -> Option<Self> {
        let certificate = |name: &str| record.get(name).and_then(Value::as_data).and_then(der);
        Some(Self {
            host_id: record.get("HostID")?.as_string()?.to_owned(),
            device_certificate: certificate(CERTIFICATES[0])?,
            host_certificate: certificate(CERTIFICATES[1])?,
            root_certificate: certificate(CERTIFICATES[2])?,
        })
    }

    /// The dictionary [`HostRecord::read`] understands, for keeping on disk.
    pub(crate) fn write(&self) -> Dictionary {
        let certificates = [&self.device_certificate, &self.host_certificate, &self.root_certificate];
        let mut record = Dictionary::new();
        record.insert("HostID".into(), self.host_id.clone().into());
        for (name, der) in CERTIFICATES.into_iter().zip(certificates) {
            record.insert(name.into(), Value::Data(der.clone()));
        }
        record
    }

    /// Whether the device certificate was issued for this RSA key (PKCS#1 DER): it must hold the very same bytes.
    pub(crate) fn certifies(&self, public_key: &[u8]) -> bool {
        !public_key.is_empty() && self.device_certificate.windows(public_key.len()).any(|window| window == public_key)
    }
}

fn der(data: &[u8]) -> Option<Vec<u8>> {
    const SEQUENCE: u8 = 0x30;
    if data.first() == Some(&SEQUENCE) {
        return Some(data.to_vec());
    }
    CertificateDer::from_pem_slice(data).ok().map(|certificate| certificate.to_vec())
}
