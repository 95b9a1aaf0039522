namespace Broadside.IoUring;

/// <summary>How the bytes of large records get into the kernel.</summary>
public enum LargeRecordStrategy
{
    /// <summary>They are copied: what a connection has not sent yet takes memory of its own.</summary>
    Copy,

    /// <summary>They are sent from where they are, as the <see cref="ZeroCopyPolicy"/> says, and stay there until the peer has acknowledged them.</summary>
    ZeroCopy,

    /// <summary>
    /// They lie in a file in memory and are sent by <c>sendfile</c>: on one machine they exist once, even in the receivers' buffers.
    /// A connection takes one of the process's descriptors from its first large record on.
    /// </summary>
    /// <remarks>
    /// A send's memory counts as released as soon as the kernel has taken the bytes, which live on by themselves. So an extent of
    /// <see cref="Arena.SmallestStored"/> bytes or more that was sent may be freed, but not written to again; records never are.
    /// </remarks>
    File,
}
