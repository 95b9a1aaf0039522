using Broadside.IoUring;

namespace Broadside.Conformance.Backends;

/// <summary>The io_uring backend with large records in a file.</summary>
public sealed class IoUringFileFixture : IoUringFixture
{
    protected override IoUringOptions Options => new() { LargeRecords = LargeRecordStrategy.File };
}
