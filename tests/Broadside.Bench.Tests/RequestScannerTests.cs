using System.Text;
using Broadside.Bench.Workers;

namespace Broadside.Bench.Tests;

public sealed class RequestScannerTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\r\n\r\n", true)]
    public void A_head_ends_with_an_empty_line_however_it_is_cut(string head, bool ends)
    {
        var bytes = Encoding.ASCII.GetBytes(head);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var scanner = new RequestScanner();
            var found = scanner.EndsIn(bytes.AsSpan(0, cut)) || scanner.EndsIn(bytes.AsSpan(cut));

            Assert.Equal(ends, found);
        }
    }
}
