//! The phone's side of TLS: it shows the certificate its host issued and demands a certificate of that host.
//!
//! Ordinary chain checks reject what real hosts make (empty names, serial 0, SHA-1), so a client is let in if its
//! certificate is, byte for byte, the root or host certificate of the pair record; its signature is still checked.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme};

use crate::host_record::HostRecord;

const DEVICE_KEY: &[u8] = include_bytes!("../keys/test-device-key.pem");
pub(crate) const DEVICE_PUBLIC_KEY: &[u8] = include_bytes!("../keys/test-device-public.pem");
/// The same key as PKCS#1 DER, the form it has inside a certificate.
pub(crate) const DEVICE_PUBLIC_KEY_DER: &[u8] = include_bytes!("../keys/test-device-public.der");

/// The TLS versions a phone accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 alone, as older systems.
    Only12,
    /// 1.3 alone.
    Only13,
}

impl TlsVersions {
    const ONLY_12: &'static [&'static rustls::SupportedProtocolVersion] = &[&rustls::version::TLS12];
    const ONLY_13: &'static [&'static rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13];

    fn list(self) -> &'static [&'static rustls::SupportedProtocolVersion] {
        match self {
            Self::Both => rustls::ALL_VERSIONS,
            Self::Only12 => Self::ONLY_12,
            Self::Only13 => Self::ONLY_13,
        }
    }
}

/// Builds the server side for one host. Sessions are never resumed: a resumed one would skip the client's certificate.
pub(crate) fn server_config(host: &HostRecord, versions: TlsVersions) -> Result<Arc<ServerConfig>, Error> {
    let provider = Arc::new(ring::default_provider());
    let key = PrivateKeyDer::from_pem_slice(DEVICE_KEY).map_err(|error| Error::General(error.to_string()))?;
    let key = ring::sign::any_supported_type(&key)?;
    let shown = CertifiedKey::new(vec![CertificateDer::from(host.device_certificate.clone())], key);
    let door = HostOnly {
        allowed: [host.root_certificate.clone(), host.host_certificate.clone()],
        provider: provider.clone(),
    };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions.list())?
        .with_client_cert_verifier(Arc::new(door))
        .with_cert_resolver(Arc::new(Always(Arc::new(shown))));
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

#[derive(Debug)]
struct HostOnly {
    allowed: [Vec<u8>; 2],
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for HostOnly {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self.allowed.iter().any(|known| known.as_slice() == end_entity.as_ref()) {
            true => Ok(ClientCertVerified::assertion()),
            false => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> HostOnly {
        let allowed = [b"root".to_vec(), b"host".to_vec()];
        HostOnly { allowed, provider: Arc::new(ring::default_provider()) }
    }

    #[test]
    fn only_the_hosts_own_certificates_are_let_in() {
        let lets_in =
            |der: &[u8]| door().verify_client_cert(&CertificateDer::from(der.to_vec()), &[], UnixTime::now()).is_ok();
        assert!(lets_in(b"root") && lets_in(b"host"));
        assert!(!lets_in(b"hos") && !lets_in(b"stranger") && !lets_in(b""));
    }

    #[test]
    fn a_client_without_a_certificate_is_not_let_in() {
        assert!(door().client_auth_mandatory());
    }
}
