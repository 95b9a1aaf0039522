namespace Broadside.NetStack.Interop.Harness;

/// <summary>A capture of bounded length: once a file is full the next one begins with the same header, and the one before the last goes.</summary>
internal sealed class RollingFile(string path, int headerLength) : Stream
{
    private const long Limit = 48 * 1024 * 1024;

    private readonly byte[] _header = new byte[headerLength];
    private FileStream _file = File.Create($"{path}.0.pcap");
    private int _number;
    private bool _hasHeader;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    // A capture writes whole records.
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!_hasHeader)
        {
            buffer.AsSpan(offset, headerLength).CopyTo(_header);
            _hasHeader = true;
        }
        else if (_file.Position > Limit)
        {
            _file.Dispose();
            File.Delete($"{path}.{_number - 1}.pcap");
            _file = File.Create($"{path}.{++_number}.pcap");
            _file.Write(_header);
        }

        _file.Write(buffer, offset, count);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
