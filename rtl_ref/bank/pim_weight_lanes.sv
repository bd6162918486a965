`include "pim_pkg.svh"
// Codes of a beat to what the 64 multipliers take: signed numbers of six bits, each a code less its zero point. A weight
// of 3 to 5 bits or a cached code of 4 has a lane, those of 8 bits a lane for each nibble, those of 16 four of them.
//
// Sparse codes are spread to their places among 16 lanes, where the operands lie in order: a lane whose weight was dropped
// multiplies with zero. That takes selectors for codes of 4 bits where operands of 16 would need them.
module pim_weight_lanes #(
    parameter int Lanes = 64,  // at most
    parameter int SparseWeights = 1
) (
    input logic             valid_i,
    input logic [319:0]     codes_i,     // of the beat, lowest first
    input logic             is_mac_i,    // weights; else cached codes
    input pim_pkg::fields_t fields_i,    // their format
    input logic [  3:0]     blocks_i,    // sparse: those of the four blocks that are in the column
    input logic [  6:0]     lanes_i,     // that count: an even number
    input logic [  7:0]     zero_low_i,  // of the lower 32 lanes
    input logic [  7:0]     zero_high_i,

    output logic [383:0] weights_o
);
  // ---- sparse: which lanes have a code, and which
  localparam int Blocks = (Lanes + 15) / 16;
  logic [16*Blocks-1:0] kept;
  logic [64*Blocks-1:0] spread;
  if (SparseWeights != 0) begin : g_sparse
    for (genvar b = 0; b < Blocks; b++) begin : g_block
      // 2:16 and 4:16: the places of the kept ones, then their codes.
      logic [15:0] places, codes;
      logic [3:0] here;  // of those
      assign places = fields_i.sparse4 ? codes_i[32*b+:16] : {8'd0, codes_i[16*b+:8]};
      assign codes  = fields_i.sparse4 ? codes_i[32*b+16+:16] : {8'd0, codes_i[16*b+8+:8]};
      assign here   = fields_i.sparse4 ? 4'b1111 : 4'b0011;

      // 8:16: a mask, and codes in its order. A lane's code is the one after those of all lanes below it.
      logic [15:0] mask;
      logic [31:0] ordered;
      logic [3:0] below4, below8, below12;  // lanes with a code below the fourth, ...
      assign mask    = codes_i[48*b+:16];
      assign ordered = codes_i[48*b+16+:32];
      assign below4  = {1'b0, {2'b00, mask[0]} + {2'b00, mask[1]} + ({2'b00, mask[2]} + {2'b00, mask[3]})};
      assign below8  = below4 + {1'b0, {2'b00, mask[4]} + {2'b00, mask[5]} + ({2'b00, mask[6]} + {2'b00, mask[7]})};
      assign below12 = below8 + {1'b0, {2'b00, mask[8]} + {2'b00, mask[9]} + ({2'b00, mask[10]} + {2'b00, mask[11]})};

      for (genvar i = 0; i < 16; i++) begin : g_lane
        logic [3:0] at;  // the codes that belong here
        logic [1:0] near;
        /* verilator lint_off UNUSEDSIGNAL */
        logic [3:0] nth;  // a mask has eight bits, so the ninth code is no lane's
        /* verilator lint_on UNUSEDSIGNAL */
        for (genvar n = 0; n < 4; n++) begin : g_code
          assign at[n] = here[n] && places[4*n+:4] == 4'(i);
        end
        if (i % 4 == 0) begin : g_none
          assign near = 2'd0;
        end else if (i % 4 == 1) begin : g_one
          assign near = {1'b0, mask[i-1]};
        end else if (i % 4 == 2) begin : g_two
          assign near = {1'b0, mask[i-1]} + {1'b0, mask[i-2]};
        end else begin : g_three
          assign near = {1'b0, mask[i-1]} + {1'b0, mask[i-2]} + {1'b0, mask[i-3]};
        end
        assign nth = (i < 4 ? 4'd0 : i < 8 ? below4 : i < 12 ? below8 : below12) + {2'b00, near};

        assign kept[16*b+i]           = blocks_i[b] && (fields_i.sparse8 ? mask[i] : at != '0);
        assign spread[4*(16*b+i)+:4]  = fields_i.sparse8 ? ordered[4*nth[2:0]+:4]
            : ({4{at[0]}} & codes[3:0]) | ({4{at[1]}} & codes[7:4]) | ({4{at[2]}} & codes[11:8]) | ({4{at[3]}} & codes[15:12]);
      end
    end
  end else begin : g_dense
    assign kept   = '1;
    assign spread = '0;
    /* verilator lint_off UNUSEDSIGNAL */
    logic unused;
    /* verilator lint_on UNUSEDSIGNAL */
    assign unused = &{fields_i.sparse8, fields_i.sparse4, fields_i.sparse2, blocks_i};
  end

  logic sparse;
  assign sparse = SparseWeights != 0 && (fields_i.sparse8 || fields_i.sparse4 || fields_i.sparse2);

  // ---- all lanes
  logic [3:0] nibble;
  logic [4:0] code, zero;
  logic [5:0] value;
  logic negative;
  always_comb begin
    weights_o = '0;
    nibble    = '0;
    code      = '0;
    zero      = '0;
    value     = '0;
    negative  = 1'b0;
    if (valid_i) begin
      for (int i = 0; i < Lanes; i++) begin
        nibble   = codes_i[4*i+:4];
        code     = sparse ? {1'b0, spread[4*i+:4]} : fields_i.three ? {2'b00, codes_i[3*i+:3]} : fields_i.five ? codes_i[5*i+:5] : {1'b0, nibble};
        // Cached codes wider than four bits are two's complement: so is their uppermost nibble.
        negative = !is_mac_i && nibble[3] && (fields_i.two_lanes ? i % 2 == 1 : i % 4 == 3);
        value    = fields_i.one_lane ? {1'b0, code} : {{2{negative}}, nibble};
        // Weights of eight bits: nibble less nibble.
        zero     = fields_i.one_lane ? (i < Lanes / 2 ? zero_low_i[4:0] : zero_high_i[4:0]) : {1'b0, i % 2 == 0 ? zero_low_i[3:0] : zero_low_i[7:4]};
        if (fields_i.one_lane || is_mac_i) value = value - {1'b0, zero};
        if (7'(i) < lanes_i && (!sparse || kept[i])) weights_o[6*i+:6] = value;
      end
    end
  end
endmodule
