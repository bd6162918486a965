// DieRAM as one memory a byte lane, so that a word may begin at any byte.
module pim_die_ram #(
    parameter int LinkWidth = 32,    // bytes of a word; a power of two
    parameter int RamBytes  = 65536
) (
    input  logic                   clk_i,
    input  logic                   write_i,
    input  logic [           31:0] waddr_i,
    input  logic [LinkWidth*8-1:0] wdata_i,
    input  logic [  LinkWidth-1:0] wstrb_i,
    input  logic [           31:0] raddr_i,
    output logic [LinkWidth*8-1:0] rdata_o
);
  localparam int LaneBits = $clog2(LinkWidth);
  localparam int Rows     = RamBytes / LinkWidth;
  localparam int RowBits  = $clog2(Rows);

  logic [LinkWidth*8-1:0] lanes;  // read, lane by lane

  for (genvar l = 0; l < LinkWidth; l++) begin : gen_lane
    logic [7:0] cells[0:Rows-1];
    // Which byte of the word falls on this lane; those that fell over the end are in the next row.
    logic [LaneBits-1:0] wbyte;
    /* verilator lint_off UNUSEDSIGNAL */  // of an address only what DieRAM holds
    logic [31:0] wrow, rrow;
    /* verilator lint_on UNUSEDSIGNAL */
    assign wbyte = LaneBits'(l) - waddr_i[LaneBits-1:0];
    assign wrow  = (waddr_i + 32'(LinkWidth - 1 - l)) >> LaneBits;
    assign rrow  = (raddr_i + 32'(LinkWidth - 1 - l)) >> LaneBits;
    assign lanes[l*8+:8] = cells[rrow[RowBits-1:0]];
    always_ff @(posedge clk_i) begin
      if (write_i && wstrb_i[wbyte]) cells[wrow[RowBits-1:0]] <= wdata_i[wbyte*8+:8];
    end
  end

  for (genvar i = 0; i < LinkWidth; i++) begin : gen_byte
    logic [LaneBits-1:0] lane;
    assign lane = LaneBits'(i) + raddr_i[LaneBits-1:0];
    assign rdata_o[i*8+:8] = lanes[lane*8+:8];
  end
endmodule
