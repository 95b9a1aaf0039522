namespace Broadside.NetStack.Wire;

/// <summary>Who checks a received packet's checksums.</summary>
internal enum ChecksumValidation : byte
{
    /// <summary>This stack.</summary>
    Software,

    /// <summary>The device has done so, or the packet never left this machine and its checksum was not completed.</summary>
    Offloaded,
}
