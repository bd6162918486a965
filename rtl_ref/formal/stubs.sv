// Arithmetic of a lane, in place of the modules of these names where only the way of data through a pass is proved.
/* verilator lint_off DECLFILENAME */
module pim_norm_lane (
    input  logic        clk_i,
    input  logic        enable_i,
    input  logic        used_i,
    input  logic [31:0] x_i,
    input  logic [31:0] gain_i,
    input  logic [48:0] inverse_i,
    output logic [31:0] y_o
);
  always @(posedge clk_i) if (enable_i) y_o <= used_i ? x_i ^ gain_i ^ inverse_i[31:0] : '0;
endmodule

module pim_softmax_lane (
    input  logic        clk_i,
    input  logic        enable_i,
    input  logic        used_i,
    input  logic [31:0] highest_i,
    input  logic [31:0] score_i,
    output logic [15:0] weight_o
);
  always @(posedge clk_i) if (enable_i) weight_o <= used_i ? highest_i[15:0] ^ score_i[15:0] : '0;
endmodule

module pim_round_sat32 #(
    parameter int ShiftBits = 18
) (
    input  logic signed [         63:0] x_i,
    input  logic signed [ShiftBits-1:0] shift_i,
    output logic signed [         31:0] y_o
);
  assign y_o = x_i[31:0] ^ 32'(shift_i);
endmodule
