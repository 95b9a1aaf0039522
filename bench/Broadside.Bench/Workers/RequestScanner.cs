namespace Broadside.Bench.Workers;

/// <summary>Finds the end of a request's head in what arrives, however it is cut.</summary>
internal struct RequestScanner
{
    private int _matched;

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <returns>Whether the head ends with or within these bytes.</returns>
    public bool EndsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            _matched = value == End[_matched] ? _matched + 1 : value == '\r' ? 1 : 0;
            if (_matched == End.Length)
            {
                _matched = 0;
                return true;
            }
        }

        return false;
    }
}
