//! Where a cluster is, as a person writes it.

use crate::error::{DataError, Fault};

/// Host and port of `ballista://HOST:PORT`.
pub(super) fn parse(url: &str) -> Result<(&str, u16), DataError> {
    let refuse = |message: String| {
        let remedy = "write the address of its scheduler, as in --engine ballista://10.0.0.5:50050";
        DataError::Cluster(Box::new(Fault::new(message).remedy(remedy)))
    };
    let Some(rest) = url.strip_prefix("ballista://") else {
        return Err(refuse(format!("{url} is no address of a cluster")));
    };
    let address = rest.trim_end_matches('/').rsplit_once(':').filter(|(host, _)| !host.is_empty());
    let Some((host, port)) = address else {
        return Err(refuse(format!("{url} names no host and port")));
    };
    match port.parse::<u16>() {
        Ok(port) if port > 0 => Ok((host, port)),
        _ => Err(refuse(format!("{port} in {url} is no port"))),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_address_is_host_and_port() {
        assert_eq!(parse("ballista://127.0.0.1:50050").unwrap(), ("127.0.0.1", 50050));
        assert_eq!(parse("ballista://data.example:1/").unwrap(), ("data.example", 1));
        assert_eq!(parse("ballista://[::1]:50050").unwrap(), ("[::1]", 50050));
        for wrong in ["ballista://", "ballista://host", "ballista://:5", "ballista://host:0", "http://host:5"] {
            let error = parse(wrong).unwrap_err();
            assert!(error.remedy().unwrap().contains("--engine ballista://"), "{wrong}: {error}");
        }
    }
}
