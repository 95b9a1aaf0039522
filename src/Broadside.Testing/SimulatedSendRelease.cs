namespace Broadside.Testing;

/// <summary>When a simulated transport lets go of the memory of a send.</summary>
public enum SimulatedSendRelease
{
    /// <summary>As soon as it is accepted: the transport copies.</summary>
    Copied,

    /// <summary>
    /// When the peer's transport has acknowledged it, as zero-copy transports do. The bytes are read as late as that allows, so
    /// that whoever changes them too soon is found out.
    /// </summary>
    Acknowledged,

    /// <summary>Either, drawn for each send.</summary>
    Mixed,
}
